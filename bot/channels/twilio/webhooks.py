"""The addresses that Twilio calls: texts, status reports, calls, and the fallback for texts."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.twilio import alert_voice, reading, signature, twiml, voice
from bot.channels.twilio.refusals import Refusal, Refused
from locales.replies import Speaker
from routing.events import Inbound, Receipt, StaffAction
from store.alert_calls import NO_CALL, AlertCall, Standing
from store.outcomes import Outcome, StoreUnavailable
from store.settings import TwilioAccount
from store.voice import UNKNOWN_NUMBER, VoicePlan

log = structlog.get_logger(__name__)

LARGEST_FORM = 64 * 1024
HEARD_OUT = 256 * 1024
"""A form somewhat too large is read to its end, so that its sender can read why it is refused."""

READ_SECONDS = 5.0
ANSWER_SECONDS = 12.0
"""Twilio gives up after 15 seconds in all, connecting included (FACTS A2)."""

NOTE_SECONDS = 1.0
MOST_TRIES_OF_A_CALL = 3
_TRIES = {str(number): number for number in range(1, MOST_TRIES_OF_A_CALL + 1)}
_LONGEST_REF = 64
_FORM = "application/x-www-form-urlencoded"


def count_nothing(_code: str) -> None:
    """Count refusals nowhere."""


def no_calls(_ref: str) -> AlertCall:
    """Know of no call to staff."""
    return NO_CALL


@dataclass(frozen=True, slots=True)
class TwilioPorts:
    """What the webhooks need from the rest of the house.

    Args:
        public_url: the outside address as Twilio knows it; without it nothing can be verified.
        account: finds an account by its SID, from memory: it is asked for each request.
        submit: keeps an event durably, or raises `StoreUnavailable`.
        voice: tells how to answer a call to a number; may read the database, in a thread.
        call: finds a call to staff by its opaque name; may read the database, in a thread.
        speaker: gives the words of a call.
        count_refusal: told the code of each refusal, for the metrics.
        seconds: how long an answer may take.
    """

    public_url: str | None
    account: Callable[[str], TwilioAccount | None]
    submit: Callable[[Inbound | Receipt | StaffAction], Awaitable[Outcome]]
    voice: Callable[[str], VoicePlan]
    speaker: Speaker
    call: Callable[[str], AlertCall] = no_calls
    count_refusal: Callable[[str], None] = count_nothing
    seconds: float = ANSWER_SECONDS


@dataclass(frozen=True, slots=True)
class _Form:
    """A form that was verified: our own address, its fields, its bytes, its query."""

    home: str
    params: reading.Params
    raw: bytes
    query: Mapping[str, str]


_Answer = Callable[[TwilioPorts, _Form], Awaitable[Response]]


def routes(ports: TwilioPorts) -> list[Route]:
    """Give the routes of DESIGN 8; each answers POST only, and 2xx only for what was kept."""
    answers: dict[str, _Answer] = {
        "inbound": _inbound,
        "fallback": _inbound,
        "status": _status,
        "voice": _voice,
        "alert": _alert,
    }
    return [
        Route(f"/twilio/{name}", _endpoint(ports, name, answer), methods=["POST"])
        for name, answer in answers.items()
    ]


def _endpoint(
    ports: TwilioPorts, name: str, answer: _Answer
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            async with asyncio.timeout(ports.seconds):
                return await answer(ports, await _verified(ports, request))
        except Exception as error:  # noqa: BLE001  the words of any error may quote the message
            refusal = _refusal(error)
            kind = type(error).__name__
            retry = refusal.can_retry
            log.warning("twilio.refused", code=refusal.code, where=name, retry=retry, error=kind)
        ports.count_refusal(refusal.code)
        return refusal.answer()

    return endpoint


def _refusal(error: Exception) -> Refusal:
    match error:
        case Refused():
            return error.refusal
        case reading.UnreadableForm():
            return Refusal.UNREADABLE
        case ClientDisconnect():
            return Refusal.DISCONNECTED
        case StoreUnavailable():
            return Refusal.NOT_KEPT
        case TimeoutError():
            return Refusal.TOO_LATE
        case _:
            return Refusal.FAILED


async def _inbound(ports: TwilioPorts, form: _Form) -> Response:
    outcome = await ports.submit(reading.inbound(form.params, form.raw))
    return _twiml(twiml.texts(outcome.answers, form.home))


async def _status(ports: TwilioPorts, form: _Form) -> Response:
    ref = _ref(form) or None
    read = reading.call_receipt if reading.is_about_call(form.params) else reading.receipt
    await ports.submit(read(form.params, ref))
    return Response(status_code=204)


async def _alert(ports: TwilioPorts, form: _Form) -> Response:
    """Tell staff who picked up what waits; a pressed key is their act (I-12)."""
    ref, digits = _ref(form), dict(form.params).get("Digits", "")
    kind = alert_voice.KEYS.get(digits)
    pressed = f"{form.home}/twilio/alert?ref={quote(ref)}"
    call, call_id = await asyncio.to_thread(ports.call, ref), reading.call_id(form.params)
    if form.query.get("stage") == "left":
        await ports.submit(call.left(call_id))
        return _twiml(twiml.hang_up())
    if call.standing is Standing.JOINS:
        return _twiml(alert_voice.joined(call, ports.speaker))
    if digits == alert_voice.CONNECT and call.connects:
        await ports.submit(call.connected(call_id))
        talk = call.talk(call_id)
        if talk:
            return _twiml(twiml.join((), talk, f"{pressed}&stage=left"))
        return _twiml(twiml.connect(call.family_phone, call.from_phone))
    act = call.act(kind, call_id) if kind else None
    if kind is None or act is None:
        return _twiml(alert_voice.asked(call, ports.speaker, pressed))
    await ports.submit(act)
    call = await asyncio.to_thread(ports.call, ref)
    return _twiml(alert_voice.answered(kind, call, ports.speaker, pressed))


def _ref(form: _Form) -> str:
    return form.query.get("ref", "")[:_LONGEST_REF]


async def _voice(ports: TwilioPorts, form: _Form) -> Response:
    if form.query.get("stage") == "ended":
        return await _voice_ended(ports, form)
    try:
        plan = await asyncio.to_thread(ports.voice, reading.called(form.params))
    except StoreUnavailable:
        return _voice_later(ports, form, UNKNOWN_NUMBER)
    if plan.connect_to is None:
        try:
            await ports.submit(reading.missed_call(form.params, form.raw))
        except StoreUnavailable:
            return _voice_later(ports, form, plan)
    else:
        await _note_answered(ports, form)
    afterwards = f"{form.home}/twilio/voice?stage=ended"
    return _twiml(voice.answer(plan, ports.speaker, afterwards))


async def _note_answered(ports: TwilioPorts, form: _Form) -> None:
    """Note that this call is not one of which nobody told us; the caller waits for no database."""
    try:
        async with asyncio.timeout(NOTE_SECONDS):
            await ports.submit(reading.answered_call(form.params))
    except (StoreUnavailable, TimeoutError):
        log.warning("twilio.call_not_noted")


async def _voice_ended(ports: TwilioPorts, form: _Form) -> Response:
    if dict(form.params).get("DialCallStatus") in voice.REACHED:
        return _twiml(twiml.hang_up())
    try:
        await ports.submit(reading.missed_call(form.params, form.raw))
    except StoreUnavailable:
        # The clinic's words were heard before it rang; asking for them again takes too long now.
        return _voice_later(ports, form, UNKNOWN_NUMBER, "stage=ended&")
    try:
        plan = await asyncio.to_thread(ports.voice, reading.called(form.params))
    except StoreUnavailable:
        plan = UNKNOWN_NUMBER
    return _twiml(voice.nobody(plan, ports.speaker))


def _voice_later(ports: TwilioPorts, form: _Form, plan: VoicePlan, stage: str = "") -> Response:
    """Keep a caller on the line who would hear Twilio's own error; what failed is tried again."""
    tries = _TRIES.get(form.query.get("try", ""), 1)
    if tries >= MOST_TRIES_OF_A_CALL:
        raise StoreUnavailable("voice plan")
    again = f"{form.home}/twilio/voice?{stage}try={tries + 1}"
    return _twiml(voice.wait(plan, ports.speaker, again))


def _twiml(text: str) -> Response:
    return Response(text, media_type=twiml.MEDIA_TYPE)


async def _verified(ports: TwilioPorts, request: Request) -> _Form:
    """Read and verify; the address comes from our settings, never from `Host` or a proxy's header.

    The order is the cheap checks first; nothing about the form is told before it is verified.
    """
    if not ports.public_url:
        raise Refused(Refusal.NOT_CONFIGURED)
    raw = await _body(request)
    if not request.headers.get("content-type", _FORM).lower().startswith(_FORM):
        raise Refused(Refusal.UNREADABLE)
    params = reading.read_params(raw)
    given = request.headers.getlist("x-twilio-signature")
    if len(given) != 1:
        raise Refused(Refusal.NO_SIGNATURE)
    account = ports.account(reading.account_of(params))
    if account is None:
        raise Refused(Refusal.UNKNOWN_ACCOUNT)
    query = _raw(request.scope["query_string"])
    address = ports.public_url + _raw(request.scope["raw_path"]) + (f"?{query}" if query else "")
    if not signature.verify(address, params, given[0], account.tokens):
        raise Refused(Refusal.WRONG_SIGNATURE)
    return _Form(ports.public_url, params, raw, dict(parse_qsl(query)))


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > HEARD_OUT:
        raise Refused(Refusal.TOO_LARGE)
    body, size = bytearray(), 0
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > HEARD_OUT:
                    break
                if size <= LARGEST_FORM:
                    body += chunk
    except TimeoutError as error:
        raise Refused(Refusal.TOO_SLOW) from error
    if size > LARGEST_FORM:
        raise Refused(Refusal.TOO_LARGE)
    return bytes(body)


def _raw(part: bytes) -> str:
    return part.decode("utf-8", "surrogateescape")
