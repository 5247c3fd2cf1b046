"""Walks a text through its statuses and tells its callback address, signed, as told to."""

import http.client
import threading
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.faketwilio.account import ACCOUNT, Params, signature
from tests.faketwilio.world import Rule, Text, World

STEP_SECONDS = 0.02
HAPPY = ("sending", "sent", "delivered")


def walk(world: World, text: Text) -> None:
    """Begin to walk a text; where told to be early, all callbacks are over before this returns."""
    rule = world.rule("walk", text.to) or Rule("walk", "happy", {})
    if rule.do == "early":
        _walk(world, text, rule)
    else:
        threading.Thread(target=_walk, args=(world, text, rule), daemon=True).start()


def statuses(rule: Rule) -> Sequence[str]:
    """List the statuses that a rule makes a text pass, in the order in which they are told."""
    match rule.do:
        case "fail":
            return ("sending", "sent", "undelivered")
        case "statuses":
            return tuple(rule.how["statuses"])
        case "reverse":
            return tuple(reversed(HAPPY))
        case _:
            return HAPPY


def post(
    url: str, params: Params, *, signed_for: str = "", within: float = 10.0
) -> tuple[int, str]:
    """Post a signed form, following no redirect; status 0 where nobody answers."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=within)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(
            "POST",
            target,
            urlencode(params).encode(),
            {
                "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
                "X-Twilio-Signature": signature(signed_for or url, params),
                "User-Agent": "TwilioProxy/1.1",
            },
        )
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def _walk(world: World, text: Text, rule: Rule) -> None:
    for status in statuses(rule):
        time.sleep(float(rule.how.get("pause", STEP_SECONDS)))
        with world.guard:
            text.status = status
            failed = status in {"undelivered", "failed"}
            text.error = int(rule.how.get("code", 30008)) if failed else None
        if text.callback and rule.do != "silent" and status not in rule.how.get("untold", ()):
            for _ in range(int(rule.how.get("repeat", 1))):
                _tell(world, text, status)
    with world.guard:
        text.status = "delivered" if rule.do == "reverse" else text.status


def _tell(world: World, text: Text, status: str) -> None:
    params = [
        ("SmsSid", text.sid),
        ("SmsStatus", status),
        ("MessageStatus", status),
        ("To", text.to),
        ("MessageSid", text.sid),
        ("AccountSid", ACCOUNT),
        ("From", text.sender),
        ("ApiVersion", "2010-04-01"),
    ]
    if text.error:
        params.append(("ErrorCode", str(text.error)))
    answered, _ = post(str(text.callback), params)
    entry: dict[str, Any] = {"sid": text.sid, "to": text.to, "status": status, "answered": answered}
    with world.guard:
        world.callbacks.append(entry)
