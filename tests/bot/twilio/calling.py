"""Calls the webhooks as Twilio does: signed forms, over ASGI without a network."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.applications import Starlette
from twilio.request_validator import RequestValidator

from bot.channels.twilio.webhooks import TwilioPorts, no_calls, routes
from locales import catalogs
from locales.replies import Speaker
from routing.events import Inbound, Receipt, StaffAction
from store.alert_calls import AlertCall
from store.outcomes import Outcome
from store.settings import TwilioAccount
from store.voice import VoicePlan

HOME = "https://texts.maple.example"
ACCOUNT = TwilioAccount(sid=f"AC{'0' * 32}", tokens=("next-token", "maple-token"))
TOKEN = "maple-token"
CLINIC, ROSA = "+13125550111", "+13125550131"
MAPLE = VoicePlan(
    clinic_name="Maple Complex Care",
    languages=("en", "es"),
    emergency_number="911",
    on_call_phone="+13125550100",
    connect_to="+13125550140",
)
SPEAKER = Speaker(catalogs.load())


@dataclass(slots=True)
class Desk:
    """Stands where the intake stands: keeps what is handed in and answers as it is told."""

    answer: Callable[[Inbound | Receipt | StaffAction], Awaitable[Outcome]] | None = None
    kept: list[Inbound | Receipt | StaffAction] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    plan: Callable[[str], VoicePlan] = lambda _number: MAPLE
    call: Callable[[str], AlertCall] = no_calls

    async def submit(self, event: Inbound | Receipt | StaffAction) -> Outcome:
        outcome = await self.answer(event) if self.answer else Outcome()
        self.kept.append(event)
        return outcome

    def ports(self) -> TwilioPorts:
        return TwilioPorts(
            public_url=HOME,
            account=lambda sid: ACCOUNT if sid == ACCOUNT.sid else None,
            submit=self.submit,
            voice=self.plan,
            speaker=SPEAKER,
            call=self.call,
            count_refusal=self.refused.append,
        )


def text_form(body: str = "Luis has a fever", **more: str) -> dict[str, str]:
    """Give the form of a text from Rosa, as FACTS A1 lists it."""
    sid = f"SM{'1' * 32}"
    return {
        "ToCountry": "US",
        "ToState": "IL",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "IL",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "US",
        "To": CLINIC,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT.sid,
        "From": ROSA,
        "ApiVersion": "2010-04-01",
    } | more


def status_form(status: str, **more: str) -> dict[str, str]:
    """Give the form of a status report about a text to Rosa."""
    sid = f"SM{'2' * 32}"
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "To": ROSA,
        "From": CLINIC,
        "AccountSid": ACCOUNT.sid,
        "ApiVersion": "2010-04-01",
    } | more


def call_form(**more: str) -> dict[str, str]:
    """Give the form of a call from Rosa."""
    return {
        "CallSid": f"CA{'3' * 32}",
        "AccountSid": ACCOUNT.sid,
        "From": ROSA,
        "To": CLINIC,
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
    } | more


def sign(url: str, body: bytes, token: str = TOKEN) -> str:
    """Sign with Twilio's own code: address, then the form's fields."""
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return str(RequestValidator(token).compute_signature(url, form))


def post(
    ports: TwilioPorts,
    path: str,
    form: Mapping[str, str] | bytes,
    *,
    headers: Mapping[str, str] | None = None,
    signed_url: str | None = None,
    token: str = TOKEN,
    unsigned: bool = False,
) -> httpx.Response:
    """Post one form, signed unless told otherwise; faults of our own code are raised."""
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    sent = {"content-type": "application/x-www-form-urlencoded"}
    if not unsigned:
        sent["x-twilio-signature"] = sign(signed_url or HOME + path, body, token)
    return ask(ports, "POST", path, content=body, headers=sent | dict(headers or {}))


def ask(
    ports: TwilioPorts,
    method: str,
    path: str,
    *,
    content: bytes = b"",
    headers: Mapping[str, str] | list[tuple[str, str]] | None = None,
) -> httpx.Response:
    """Send any request to the routes."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=routes(ports)))
        # The host is a lie on purpose: the address must come from our settings.
        async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:9") as client:
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(send())


def without_home(ports: TwilioPorts) -> TwilioPorts:
    """Give the same ports on an installation that has no outside address yet."""
    return replace(ports, public_url=None)
