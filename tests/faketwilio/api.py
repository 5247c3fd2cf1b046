"""Twilio's side of the fake: messages are made, listed and read, pictures are fetched."""

import re
import socket
import struct
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.faketwilio.account import ACCOUNT, is_ours
from tests.faketwilio.walking import walk
from tests.faketwilio.world import Picture, Rule, Text, World

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
NUMBER = re.compile(r"\+[1-9]\d{6,14}")
LONGEST = 1600
MOST_VALID = 36000


@dataclass
class Answer:
    """What to send back; `raw` replaces the JSON of `body`."""

    status: int
    body: dict[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    raw: bytes | None = None


class NoAnswer(Exception):
    """The connection ends without an answer, cleanly or with a reset."""


def create(world: World, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> Answer:
    """Make a text, unless a rule or the form itself says otherwise."""
    rule = world.rule("create", form.get("To")) or Rule("create", "accept", {})
    match rule.do:
        case "refuse":
            return _refusal(rule)
        case "reset":
            _reset(handler)
            raise NoAnswer
        case "hang":
            time.sleep(float(rule.how["seconds"]))
            raise NoAnswer
        case "slow":
            time.sleep(float(rule.how["seconds"]))
    if not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    wrong = _wrong(world, form)
    if wrong:
        return wrong
    text = _made(world, form, hidden=float(rule.how.get("hidden", 0)))
    walk(world, text)
    match rule.do:
        case "drop_answer":
            raise NoAnswer
        case "accept_then_fail":
            return _refusal(rule)
        case "garble":
            return Answer(201, raw=b'{"sid": "SM')
    return Answer(201, record(text, created=True))


def listing(world: World, handler: BaseHTTPRequestHandler, query: str) -> Answer:
    """List texts, newest first, page by page."""
    rule = world.rule("list")
    if rule:
        return _refusal(rule)
    if not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    asked = dict(parse_qsl(query))
    size, page = int(asked.get("PageSize", 50)), int(asked.get("Page", 0))
    found = world.listed(asked.get("To"), asked.get("From"), asked.get("DateSent>"))
    start, end = page * size, (page + 1) * size
    following = f"{MESSAGES}.json?{urlencode(asked | {'Page': page + 1, 'PageSize': size})}"
    return Answer(
        200,
        {
            "messages": [record(text) for text in found[start:end]],
            "page": page,
            "page_size": size,
            "start": start,
            "end": end - 1,
            "uri": f"{MESSAGES}.json?{query}",
            "first_page_uri": f"{MESSAGES}.json?{urlencode(asked | {'Page': 0})}",
            "previous_page_uri": None,
            "next_page_uri": following if end < len(found) else None,
        },
    )


def one(world: World, handler: BaseHTTPRequestHandler, sid: str) -> Answer:
    """Show one text."""
    if not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    with world.guard:
        found = [text for text in world.texts if text.sid == sid]
    return Answer(200, record(found[0])) if found else error(404, 20404, "Not found")


def pictures(world: World, handler: BaseHTTPRequestHandler, sid: str) -> Answer:
    """List the pictures of one text."""
    rule = world.rule("pictures")
    if rule:
        return _refusal(rule)
    if not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    with world.guard:
        found = [text for text in world.texts if text.sid == sid]
    if not found:
        return error(404, 20404, "Not found")
    uri = f"{MESSAGES}/{sid}/Media"
    shown = [
        {"sid": name, "account_sid": ACCOUNT, "parent_sid": sid, "content_type": kind,
         "date_created": found[0].made, "date_updated": found[0].made, "uri": f"{uri}/{name}.json"}
        for name, kind in found[0].media
    ]  # fmt: skip
    return Answer(200, {"media_list": shown, "page": 0, "page_size": 50, "next_page_uri": None,
                        "uri": f"{uri}.json"})  # fmt: skip


def picture(world: World, handler: BaseHTTPRequestHandler, path: str) -> Answer:
    """Serve an attachment the way it was told to."""
    held = world.pictures.get(urlsplit(path).path)
    if held is None:
        return error(404, 20404, "Not found")
    is_public = held.do == "public" or held.how.get("public")
    if not is_public and not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    match held.do:
        case "redirect":
            return Answer(307, raw=b"", headers=(("Location", str(held.how["to"])),))
        case "status":
            return error(int(held.how["status"]), 20404, "Not now")
        case "hang":
            time.sleep(float(held.how["seconds"]))
            raise NoAnswer
        case "drip":
            return _drip(handler, held)
        case "cut":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n\xff\xd8\xff")
            raise NoAnswer
        case "endless":
            return _endless(handler, held)
    return Answer(200, raw=held.content, headers=(("Content-Type", held.content_type),))


def error(status: int, code: int, message: str) -> Answer:
    """Make an error as Twilio writes it."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Answer(status, {"code": code, "message": message, "more_info": more, "status": status})


def record(text: Text, *, created: bool = False) -> dict[str, Any]:
    """Show a text as Twilio's records do."""
    return {
        "sid": text.sid,
        "account_sid": ACCOUNT,
        "messaging_service_sid": text.service,
        "to": text.to,
        "from": text.sender,
        "body": text.body,
        "status": ("accepted" if text.service else "queued") if created else text.status,
        "direction": text.direction,
        "error_code": None if created else text.error,
        "error_message": None,
        "num_segments": "1",
        "num_media": str(len(text.media)),
        "price": None,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "date_created": text.made,
        "date_updated": text.made,
        "date_sent": None if text.status in {"queued", "accepted"} else text.made,
        "uri": f"{MESSAGES}/{text.sid}.json",
        "subresource_uris": {"media": f"{MESSAGES}/{text.sid}/Media.json"},
    }


def _made(world: World, form: dict[str, str], *, hidden: float) -> Text:
    service = form.get("MessagingServiceSid")
    text = Text(
        form["To"],
        form.get("From", "+13125550111"),
        form["Body"],
        "outbound-api",
        service=service,
        status="accepted" if service else "queued",
        callback=form.get("StatusCallback"),
        validity=int(form.get("ValidityPeriod", MOST_VALID)),
        listed_from=time.monotonic() + hidden,
    )
    return world.add(text)


def _wrong(world: World, form: dict[str, str]) -> Answer | None:
    to, body = form.get("To", ""), form.get("Body", "")
    sender = form.get("From") or form.get("MessagingServiceSid", "")
    if not NUMBER.fullmatch(to):
        return error(400, 21211, "The 'To' number is not a valid phone number.")
    if not sender:
        return error(400, 21606, "The 'From' phone number is not usable.")
    if not body:
        return error(400, 21602, "Message body is required.")
    if len(body) > LONGEST:
        return error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
    if not 1 <= int(form.get("ValidityPeriod", MOST_VALID)) <= MOST_VALID:
        return error(400, 400, "The validity period is out of range.")
    if (sender, to) in world.opted_out:
        return error(400, 21610, "Attempt to send to unsubscribed recipient")
    return None


def _refusal(rule: Rule) -> Answer:
    status = int(rule.how["status"])
    if rule.how.get("code") is None:
        return Answer(status, raw=b"<html>not today</html>")
    answer = error(status, int(rule.how["code"]), "As told")
    if rule.how.get("retry_after"):
        answer.headers = (("Retry-After", str(rule.how["retry_after"])),)
    return answer


def _reset(handler: BaseHTTPRequestHandler) -> None:
    """Make the close of this connection an RST instead of an orderly end."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _drip(handler: BaseHTTPRequestHandler, held: Picture) -> Answer:
    handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(held.content)}\r\n\r\n".encode())
    for byte in held.content:
        time.sleep(float(held.how["pause"]))
        handler.wfile.write(bytes([byte]))
    raise NoAnswer


def _endless(handler: BaseHTTPRequestHandler, held: Picture) -> Answer:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = held.content + b"\0" * (65536 - len(held.content))
    while True:
        handler.wfile.write(b"10000\r\n" + piece + b"\r\n")
