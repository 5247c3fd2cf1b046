"""Triage: reads one message and says how soon a person must act, with its reasons."""

from routing.triage.engine import Compiled, Engine, assemble, build
from routing.triage.faults import Fault, SourceError

__all__ = ["Compiled", "Engine", "Fault", "SourceError", "assemble", "build"]
