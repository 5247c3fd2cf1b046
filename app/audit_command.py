"""`kinline audit`: the watch as a process of its own, or one look for a person or a timer."""

import signal
import threading

from app import logs
from app.auditor import EVERY, Auditor
from app.terminal import Refused, say
from store.clock import system_clock
from store.settings import Settings, WrongSettings


def run(*, once: bool) -> int:
    """Look every ten seconds until told to stop, or once.

    Returns:
        With `once` 1 when something is wrong, else 0.
    """
    try:
        settings = Settings.read()
    except WrongSettings as error:
        raise Refused(*error.faults) from error
    auditor = Auditor.of(settings, system_clock)
    try:
        if once:
            found = auditor.look()
            for one in found:
                say(f"{one.wrong}: {one.wrong.sentence} ({one.count})")
            if not found:
                say("All is well.")
            return 1 if found else 0
        logs.set_up(system_clock)
        told = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        auditor.start()
        told.wait()
        return 0
    finally:
        auditor.stop(EVERY)
