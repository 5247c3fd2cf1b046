"""Triage: reads one message and says how soon a person must act, with its reasons."""

from routing.triage.engine import Engine, build
from routing.triage.faults import Fault, SourceError

__all__ = ["Engine", "Fault", "SourceError", "build"]
