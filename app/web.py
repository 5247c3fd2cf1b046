"""The web app of one process: Twilio's addresses, the chat, the staff pages, what machines ask."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from admin import pages
from admin.desk import Ports as PagePorts
from admin.desk import Preview
from app.auditor import Auditor
from app.metrics import Metrics
from bot.channels.twilio.webhooks import TwilioPorts, routes
from bot.intake import Intake
from bot.webchat import pages as chat
from bot.webchat.ports import ChatPorts
from store import schema
from store.browsers import Pushing
from store.clock import Clock
from store.conduct import Conductor
from store.db import Database
from store.live import Live
from store.outcomes import StoreUnavailable
from store.schema import SchemaState
from store.streams import Streams
from store.voice import VoicePlan

VoiceOf = Callable[[str], VoicePlan]
"""Tells how to answer a call to a number."""


@dataclass(frozen=True, slots=True)
class WebPorts:
    """What the web app is connected to."""

    twilio: TwilioPorts
    chat: ChatPorts
    database: Database
    live: Live
    preview: Preview
    conductor: Conductor
    clock: Clock
    public_url: str | None
    intake: Intake
    metrics: Metrics
    auditor: Auditor
    pushing: Pushing | None = None


def build(ports: WebPorts) -> FastAPI:
    """Build the app; the staff pages stand last because they take every other address."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.router.routes.extend(routes(ports.twilio))
    app.router.routes.extend(chat.routes(ports.chat))

    @app.get("/healthz")
    def healthz() -> Response:
        return PlainTextResponse("alive\n")

    @app.get("/readyz")
    def readyz() -> Response:
        lacking = _lacking(ports)
        return JSONResponse(
            {"ready": not lacking, "lacking": lacking}, status_code=503 if lacking else 200
        )

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(ports.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    streams = Streams(ports.live)
    staff = PagePorts(
        ports.database,
        ports.conductor,
        ports.clock,
        ports.public_url,
        streams,
        ports.preview,
        ports.pushing,
    )
    app.mount("/", pages.build(staff))
    return app


def _lacking(ports: WebPorts) -> list[str]:
    """Name what keeps this process from accepting a message now."""
    lacking = []
    try:
        if schema.state(ports.database) is not SchemaState.CURRENT:
            lacking.append("schema_not_current")
    except StoreUnavailable:
        lacking.append("database_not_reachable")
    if not ports.intake.is_alive:
        lacking.append("intake_not_alive")
    if ports.auditor.is_silent:
        lacking.append("auditor_silent")
    return lacking
