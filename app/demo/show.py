"""`kinline demo`: a clinic whose families can be texted from a pretend phone in the browser."""

import gc
import ipaddress
import logging
import socket
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from starlette.applications import Starlette
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from app import engine, logs
from app.compose import Kinline, compose
from app.demo import phone, story, traffic
from app.demo.clock import StoryClock
from app.demo.doors import InFrame
from app.demo.phone import PhonePorts
from app.demo.switches import Switches
from app.serve import listen, serve_on
from app.terminal import Refused, say
from bot.channels.console import Console
from store import schema
from store.apply import apply
from store.clock import system_clock
from store.db import Database
from store.settings import Settings

FILE = Path(__file__).parent / "clinic.toml"
CLINIC, NUMBER, TIMEZONE = "maple", "+13125550111", "America/Chicago"
SIGN_IN = ("ana@maple.example", "only-for-trials")  # as in clinic.toml
USUAL_PORT = 8000


def run(host: str, port: int | None) -> int:
    """Serve a trial until told to stop; everything is gone afterwards.

    Args:
        host: a loopback address; the pretend phone has no sign-in.
        port: None takes 8000, or any free one where that is taken.

    Raises:
        Refused: another address than this machine's own, or a port that is taken.
    """
    if not _is_loopback(host):
        raise Refused(f"--host {host}: the demo has no sign-in for its phone. Use 127.0.0.1.")
    logs.set_up(system_clock, logging.WARNING)
    with _listen(host, port) as listening, tempfile.TemporaryDirectory(prefix="kinline-") as folder:
        address = _address(host, listening.getsockname()[1])
        with _nothing_to_collect():
            kinline = make(Path(folder), address)
        say(
            f"A phone beside the inbox, with a short tour: {address}/demo",
            f"The inbox alone: {address}/  (sign in with {SIGN_IN[0]} and {SIGN_IN[1]})",
            "Everything here is invented and is gone when you stop it with Ctrl+C.",
        )
        return serve_on(listening, kinline)


def make(folder: Path, address: str) -> Kinline:
    """Make the trial in a folder: tables, clinic, a day of texts, and the phone's pages.

    Args:
        folder: an empty one; it holds the database.
        address: where the pages will be found.
    """
    # Each value is given: a trial must not pick up the database of a real clinic.
    settings = Settings(
        database_url=f"sqlite:///{folder / 'kinline.db'}",
        redis_url=None,
        public_url=address,
        twilio_account_sid=None,
        twilio_auth_tokens=(),
        twilio_api_key=None,
        twilio_api_secret=None,
        secret_key=None,
    )
    clock = StoryClock(system_clock)
    clock.stand_at(story.moment(0, story.BEGINS_AT, TIMEZONE))
    with ThreadPoolExecutor(1) as beside:
        beside.submit(engine.packaged_engine)  # takes a second, and so do the others
        database = Database(settings.database_url)
        schema.prepare(database)
        apply(database, FILE, clock())
        database.close()
    kinline = compose(settings, clock, channels={"sms": Console("sms")})
    traffic.tell(kinline, clock, NUMBER)
    switches = Switches(kinline.database, kinline.playbook, clock, NUMBER)
    ports = PhonePorts(kinline.database, kinline.intake, CLINIC, NUMBER, TIMEZONE, switches)
    routes = [
        Route("/demo", _to_the_tour),
        Mount("/demo", phone.build(ports)),
        Mount("/", InFrame(kinline.web)),
    ]
    return replace(kinline, web=Starlette(routes=routes))


def _to_the_tour(_request: object) -> Response:
    return RedirectResponse("/demo/tour")


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Spare the search for garbage while the rules are loaded: all of it stays until the end."""
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _listen(host: str, port: int | None) -> socket.socket:
    if port is not None:
        return listen(host, port)
    try:
        return listen(host, USUAL_PORT)
    except Refused:
        return listen(host, 0)


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
