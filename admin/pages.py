"""Builds the staff pages as one web app, with its own errors and its own guard."""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from admin import (
    acts,
    alerting,
    baselines,
    broadcasts,
    calendars,
    closures,
    drafts,
    duty,
    elements,
    episode,
    family,
    feed,
    inbox,
    live,
    overtime,
    playbook,
    preview,
    reach,
    review,
    rotation,
    signin,
    staff,
    verdicts,
    wordings,
    working_hours,
)
from admin.desk import STATIC_FOLDER, NeedsSignIn, NotFound, Ports, page_of_form, render
from admin.fixed_words import N_
from admin.security import SAFE_METHODS, Guard
from admin.tries import Tries
from admin.typed import Typed
from store.outcomes import StoreUnavailable

log = structlog.get_logger(__name__)

ROOMS = (
    signin,
    inbox,
    episode,
    review,
    verdicts,
    acts,
    drafts,
    family,
    baselines,
    playbook,
    calendars,
    closures,
    duty,
    alerting,
    feed,
    rotation,
    preview,
    staff,
    working_hours,
    overtime,
    broadcasts,
    reach,
    wordings,
    live,
    elements,
)

# Title and sentence for each status that a person can meet.
TROUBLES = {
    404: (N_("Not found"), N_("There is nothing here, or it is not yours to see.")),
    405: (N_("Not possible"), N_("This address does not take that kind of request.")),
    422: (N_("Not understood"), N_("Something in the form or the address was not as expected.")),
    500: (N_("Something went wrong"), N_("It is our fault, and it has been noted.")),
}


def build(ports: Ports) -> ASGIApp:
    """Build the app; mount it at `/`, after everything else."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.state.ports = ports
    app.state.tries = Tries()
    app.mount("/static", StaticFiles(directory=STATIC_FOLDER), name="static")
    for room in ROOMS:
        app.include_router(room.router)
    app.add_exception_handler(NeedsSignIn, _ask_to_sign_in)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(StoreUnavailable, _store_unavailable)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _failed)
    # Outside of everything, so that the page for an error of our own has its headers as well.
    return Guard(app, ports.public_url)


def _ask_to_sign_in(request: Request, _error: Exception) -> Response:
    typed: Typed | None = getattr(request.state, "typed", None)
    if typed is None:
        wanted = request.url.path
        if request.method not in SAFE_METHODS:
            wanted = page_of_form(request, wanted)
        at = "/login" if wanted == "/" else f"/login?next={quote(wanted)}"
        return RedirectResponse(at, status_code=303)
    # The session ended while somebody was writing: what they typed comes along.
    page = page_of_form(request, request.url.path)
    return signin.show_login(request, page, typed, problem=signin.ENDED, status=401)


def _store_unavailable(request: Request, _error: Exception) -> HTMLResponse:
    typed: Typed | None = getattr(request.state, "typed", None)
    log.warning("pages.store_unavailable")
    return render(request, "unavailable.html", status=503, typed=typed)


def _not_found(request: Request, _error: Exception) -> HTMLResponse:
    return _trouble(request, 404)


def _not_understood(request: Request, _error: Exception) -> HTMLResponse:
    return _trouble(request, 422)


def _refused(request: Request, error: Exception) -> HTMLResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _trouble(request, status)


def _failed(request: Request, error: Exception) -> HTMLResponse:
    log.error("pages.failed", error=type(error).__name__)
    return _trouble(request, 500)


def _trouble(request: Request, status: int) -> HTMLResponse:
    title, sentence = TROUBLES.get(status, TROUBLES[500 if status >= 500 else 422])  # noqa: PLR2004
    return render(
        request, "trouble.html", status=status, fresh_from="/", title=title, sentence=sentence
    )
