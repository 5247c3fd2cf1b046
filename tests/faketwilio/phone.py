"""A family's phone: its texts and calls reach Kinline as signed webhooks, answers come back."""

import uuid
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from tests.faketwilio.account import ACCOUNT, Params
from tests.faketwilio.walking import post, walk
from tests.faketwilio.world import Text, World

CALLER, OFFICE = "+13125550131", "+13125550140"
WEBHOOK_SECONDS = 15.0  # FACTS A2: Twilio waits no longer


def text(world: World, asked: dict[str, Any]) -> dict[str, Any]:
    """Send one text from a phone; what the TwiML answers is a text of its own afterwards."""
    sid = asked.get("sid") or "SM" + uuid.uuid4().hex
    sender, recipient, body = asked["sender"], asked["recipient"], asked["body"]
    media = asked.get("media", [])
    if not any(one.sid == sid for one in world.texts):
        shown = tuple((str(url).rpartition("/")[2], str(kind)) for url, kind in media)
        world.hear(
            Text(recipient, sender, body, "inbound", sid=sid, status="received", media=shown)
        )
    if asked.get("unheard"):
        return {"sid": sid, "status": 0, "twiml": "", "replies": []}
    params: Params = [
        ("ToCountry", "US"), ("ToState", "IL"), ("SmsMessageSid", sid),
        ("NumMedia", str(len(media))), ("ToCity", ""), ("FromZip", ""), ("SmsSid", sid),
        ("FromState", "IL"), ("SmsStatus", "received"), ("FromCity", ""), ("Body", body),
        ("FromCountry", "US"), ("To", recipient), ("ToZip", ""), ("NumSegments", "1"),
        ("MessageSid", sid), ("AccountSid", ACCOUNT), ("From", sender),
        ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip
    for number, (url, content_type) in enumerate(media):
        params += [(f"MediaUrl{number}", url), (f"MediaContentType{number}", content_type)]
    params += [(str(name), str(value)) for name, value in asked.get("extra", {}).items()]
    status, twiml = _webhook(asked, "/twilio/inbound", params)
    return {"sid": sid, "status": status, "twiml": twiml, "replies": _replies(world, asked, twiml)}


def call(world: World, asked: dict[str, Any]) -> dict[str, Any]:
    """Call one of our numbers; after a <Dial> tell how that ended (`dial_status`).

    `lost_from` is `voice` or `ended`: from there on Kinline cannot be reached. `hangs_up`: before
    anything rings.
    """
    sid = "CA" + uuid.uuid4().hex
    _record(world, sid, asked["sender"], asked["recipient"], "completed")
    if asked.get("lost_from") == "voice":
        return {"sid": sid, "answers": []}
    params: Params = [
        ("CallSid", sid), ("AccountSid", ACCOUNT), ("From", asked["sender"]),
        ("To", asked["recipient"]), ("CallStatus", "ringing"), ("Direction", "inbound"),
        ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip
    status, twiml = _webhook(asked, "/twilio/voice", params)
    answers = [{"status": status, "twiml": twiml}]
    dial = _parsed(twiml).find("Dial") if status == 200 and twiml else None
    if dial is not None and not asked.get("hangs_up"):
        leg = "CA" + uuid.uuid4().hex
        to = "".join(dial.itertext()).strip()
        _record(world, leg, asked["sender"], to, asked["dial_status"], parent=sid)
    is_told = not asked.get("hangs_up") and asked.get("lost_from") != "ended"
    if dial is not None and dial.get("action") and is_told:
        action = urljoin(_public(asked) + "/twilio/voice", str(dial.get("action")))
        path = action.removeprefix(_public(asked))
        ended = [*params, ("DialCallStatus", asked["dial_status"])]
        status, twiml = _webhook(asked, path, ended)
        answers.append({"status": status, "twiml": twiml})
    result = {"sid": sid, "answers": answers}
    with world.guard:
        world.calls.append(result)
    return result


def rang(world: World, sid: str, status: str) -> None:
    """Put a call that one of ours has made ring into the records."""
    _record(world, "CA" + uuid.uuid4().hex, CALLER, OFFICE, status, parent=sid)


def _record(
    world: World, sid: str, sender: str, to: str, status: str, parent: str | None = None
) -> None:
    direction = "outbound-dial" if parent else "inbound"
    with world.guard:
        world.call_records.append(
            {"sid": sid, "from": sender, "to": to, "status": status, "parent_call_sid": parent,
             "direction": direction, "made": world.date()}
        )  # fmt: skip


def _webhook(asked: dict[str, Any], path: str, params: Params) -> tuple[int, str]:
    return post(
        asked["base_url"] + path,
        params,
        signed_for=_public(asked) + path,
        within=float(asked.get("within", WEBHOOK_SECONDS)),
    )


def _public(asked: dict[str, Any]) -> str:
    return str(asked.get("public_url") or asked["base_url"])


def _replies(world: World, asked: dict[str, Any], twiml: str) -> list[str]:
    if not twiml.strip().startswith("<") or asked.get("lose_answer"):
        return []
    replies = []
    for message in _parsed(twiml).iter("Message"):
        to = message.get("to") or asked["sender"]
        sender = message.get("from") or asked["recipient"]
        with world.guard:
            if (sender, to) in world.opted_out:
                continue
        callback = message.get("statusCallback") or message.get("action")
        reply = Text(
            to,
            sender,
            "".join(message.itertext()).strip(),
            "outbound-reply",
            callback=urljoin(_public(asked) + "/twilio/inbound", callback) if callback else None,
        )
        world.add(reply)
        walk(world, reply)
        replies.append(reply.sid)
    return replies


def _parsed(twiml: str) -> ET.Element:
    return ET.fromstring(twiml)  # noqa: S314  our own answers, in a test
