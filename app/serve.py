"""`kinline serve`: takes messages in, brings messages out, shows the staff pages."""

import signal
import socket
from types import FrameType

import structlog
import uvicorn

from app import logs, opening, worker
from app.compose import Kinline, Role, compose
from app.terminal import Refused
from store.clock import system_clock
from store.settings import Settings

log = structlog.get_logger(__name__)

GRACE_SECONDS = 2  # for requests and streams that are open when the process is told to stop
KEEP_ALIVE_SECONDS = 75  # longer than common proxies keep an idle connection
BACKLOG = 2048


def run(host: str, port: int, role: str) -> int:
    """Serve until told to stop.

    Raises:
        Refused: the settings, the database or the port cannot be used.
    """
    settings = opening.settings()
    lacking = settings.needed_for_texting()
    if lacking:
        raise Refused(*lacking, "To try Kinline without any of this: kinline demo")
    logs.set_up(system_clock)
    with opening.prepared(settings, told=lambda words: log.warning("schema.upgraded", told=words)):
        pass
    if Role(role) is Role.WORKER:
        return worker.run(compose(settings, system_clock, role=Role.WORKER))
    return serve(settings, host, port, compose_as=Role(role))


def serve(settings: Settings, host: str, port: int, *, compose_as: Role) -> int:
    """Listen first, so that a port that is taken costs nothing; then compose and work."""
    with listen(host, port) as listening:
        return serve_on(listening, compose(settings, system_clock, role=compose_as))


def listen(host: str, port: int) -> socket.socket:
    """Open the port.

    Raises:
        Refused: it is taken, or not ours to open.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise Refused(
            f"--host {host} --port {port}: cannot listen there: {error.strerror}."
        ) from None
    return listening


def serve_on(listening: socket.socket, kinline: Kinline) -> int:
    """Serve one Kinline on an open port until SIGTERM or SIGINT, then finish what was begun."""
    # uvicorn stops at a signal and raises it once more when it is done: without a handler of
    # ours that second time would end the process before the workers have finished.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)
    server = uvicorn.Server(
        uvicorn.Config(
            kinline.web,
            http="httptools",
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    kinline.start()
    log.info("serve.started", role=kinline.role.value, port=listening.getsockname()[1])
    try:
        server.run(sockets=[listening])
    finally:
        is_done = kinline.stop()
        log.info("serve.stopped", everything_finished=is_done)
    return 0 if is_done else 1


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Let the signal pass: uvicorn has heard it."""
