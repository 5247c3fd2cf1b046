"""Signing in and out, and the first password of an invited person."""

import threading
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from admin.desk import At, NotFound, Ports, local_path, page_of_form, ports_of, render
from admin.episode import EPISODE_PATH, show_episode
from admin.family import FAMILY_PATH, show_family
from admin.fixed_words import N_
from admin.tries import Tries
from admin.typed import Typed, TypedForm
from store import people

# One check takes 64 MiB; two cores gain nothing from more at once.
_hashing = threading.BoundedSemaphore(2)

REFUSED = N_("This e-mail address and password do not fit.")
TOO_MANY = N_("Too many tries. Wait five minutes, then try again.")
TOO_SHORT = N_("Choose a password of at least 12 characters.")
ENDED = N_("You were signed out because nothing happened for a while. Nothing you typed is lost.")
NOT_THE_SAME = N_("The two passwords are not the same.")

router = APIRouter()


@router.get("/login")
def login_page(
    request: Request, wanted: Annotated[str, Query(alias="next", max_length=500)] = "/"
) -> Response:
    """Show the form."""
    return show_login(request, local_path(wanted))


@router.post("/login")
def login(
    request: Request,
    ports: At,
    typed: TypedForm,
    *,
    email: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """Open a session, then go where the person wanted to go, with what they had typed."""
    now, path = ports.clock(), local_path(wanted)
    tries: Tries = request.app.state.tries
    computer = request.client.host if request.client else ""
    if tries.are_too_many(email, computer, now):
        return show_login(request, path, typed, problem=TOO_MANY, email=email, status=429)
    with _hashing:
        token = people.sign_in(ports.database, email, password, now)
    if token is None:
        tries.fail(email, computer, now)
        return show_login(request, path, typed, problem=REFUSED, email=email, status=401)
    tries.forget(email, computer)
    return _entered(request, ports, token, path, typed)


@router.post("/login/kept")
def come_back(
    request: Request, typed: TypedForm, wanted: Annotated[str, Form(alias="next")] = "/"
) -> Response:
    """Show the form to somebody who was writing when the session ended; `next` names the form."""
    page = page_of_form(request, wanted)
    kept = replace(typed, act=wanted.rpartition("/")[2])
    return show_login(request, page, kept, problem=ENDED, status=401)


@router.post("/logout")
def logout(request: Request, ports: At) -> Response:
    """End the session."""
    token = request.cookies.get(ports.cookie)
    if token:
        people.sign_out(ports.database, token, ports.clock())
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(ports.cookie, secure=ports.is_https, httponly=True, samesite="lax")
    return response


@router.get("/invite/{token}")
def invitation_page(request: Request, ports: At, token: str) -> Response:
    """Show the form for a first password; a used or old link looks like one that never was."""
    return _show_invitation(request, ports, token)


@router.post("/invite/{token}")
def accept_invitation(
    request: Request,
    ports: At,
    token: str,
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Set the first password and sign in."""
    if not people.SHORTEST_PASSWORD <= len(password) <= people.LONGEST_PASSWORD:
        return _show_invitation(request, ports, token, problem=TOO_SHORT)
    if password != again:
        return _show_invitation(request, ports, token, problem=NOT_THE_SAME)
    with _hashing:
        session = people.accept_invitation(ports.database, token, password, ports.clock())
    if session is None:
        raise NotFound
    return _entered(request, ports, session, "/", Typed())


def show_login(
    request: Request,
    path: str,
    typed: Typed | None = None,
    *,
    problem: str = "",
    email: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Show the sign-in form; it carries what was typed elsewhere in hidden fields."""
    return render(
        request,
        "login.html",
        status=status,
        next=path,
        typed=typed or Typed(),
        problem=problem,
        email=email,
    )


def _show_invitation(
    request: Request, ports: Ports, token: str, *, problem: str = ""
) -> HTMLResponse:
    whom = people.invited(ports.database, token, ports.clock())
    if whom is None:
        raise NotFound
    return render(
        request,
        "invite.html",
        status=422 if problem else 200,
        whom=whom,
        token=token,
        problem=problem,
    )


def _entered(request: Request, ports: Ports, token: str, path: str, typed: Typed) -> Response:
    """Give the cookie; a kept draft is shown at once, because an address must not carry it."""
    earlier = request.cookies.get(ports.cookie)
    if earlier:
        people.sign_out(ports.database, earlier, ports.clock())
    person = people.person_of(ports.database, token, ports.clock())
    of_episode, of_family = EPISODE_PATH.fullmatch(path), FAMILY_PATH.fullmatch(path)
    response: Response
    if person and of_episode and not typed.is_empty:
        request.state.person = person
        response = show_episode(
            request, ports_of(request), person, int(of_episode["id"]), typed=typed
        )
    elif person and of_family and typed.contact_id:
        request.state.person = person
        response = show_family(
            request, ports_of(request), person, int(of_family["id"]), typed=typed
        )
    else:
        response = RedirectResponse(path, status_code=303)
    response.set_cookie(
        ports.cookie, token, secure=ports.is_https, httponly=True, samesite="lax", path="/"
    )
    return response
