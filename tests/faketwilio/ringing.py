"""Calls that Kinline makes: a telephone rings, somebody or a machine picks up, a key is pressed."""

import threading
import time
import uuid
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

from tests.faketwilio.account import ACCOUNT, Params, is_ours
from tests.faketwilio.api import NUMBER, Answer, error
from tests.faketwilio.walking import STEP_SECONDS, post
from tests.faketwilio.world import Rule, World

CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls"
TALKERS = 3  # a nurse, a family, an interpreter
TALK_SECONDS = 8.0
UNANSWERED = {"busy": "busy", "no_answer": "no-answer", "fail": "failed"}


def ring(world: World, handler: BaseHTTPRequestHandler, form: dict[str, str]) -> Answer:
    """Make a call. Without a rule a machine picks up: it hears the words and presses nothing."""
    rule = world.rule("ring", form.get("To")) or Rule("ring", "machine", {})
    if not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    if rule.do == "refuse":
        return error(int(rule.how["status"]), int(rule.how["code"]), "As told")
    if not NUMBER.fullmatch(form.get("To", "")) or not form.get("From"):
        return error(400, 21211, "The 'To' number is not a valid phone number.")
    if not urlsplit(form.get("Url", "")).scheme:
        return error(400, 21205, "Url is not a valid URL.")
    made = {
        "sid": "CA" + uuid.uuid4().hex, "to": form["To"], "from": form["From"],
        "status": "queued", "heard": [], "pressed": rule.how.get("key", ""), "joined": "",
    }  # fmt: skip
    with world.guard:
        world.rings.append(made)
    threading.Thread(target=_go, args=(world, made, form, rule), daemon=True).start()
    return Answer(201, record(made))


def one(world: World, handler: BaseHTTPRequestHandler, sid: str) -> Answer:
    """Show one call."""
    if not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    with world.guard:
        found = [made for made in world.rings if made["sid"] == sid]
    return Answer(200, record(found[0])) if found else error(404, 20404, "Not found")


def listing(world: World, handler: BaseHTTPRequestHandler, query: str) -> Answer:
    """List the calls that phones made to us, and those whom they rang; newest first, by day."""
    rule = world.rule("calls")
    if rule:
        return error(int(rule.how["status"]), 20003, "As told")
    if not is_ours(handler.headers.get("Authorization")):
        return error(401, 20003, "Authenticate")
    asked = dict(parse_qsl(query))
    to, parent, since = asked.get("To"), asked.get("ParentCallSid"), asked.get("StartTime>", "")
    with world.guard:
        found = [
            one | {
                "account_sid": ACCOUNT, "start_time": one["made"], "date_created": one["made"],
                "api_version": "2010-04-01", "uri": f"{CALLS}/{one['sid']}.json",
            }
            for one in reversed(world.call_records)
            if to in {None, one["to"]}
            and parent in {None, one["parent_call_sid"]}
            and parsedate_to_datetime(one["made"]).date().isoformat() >= since[:10]
        ]  # fmt: skip
    return Answer(200, {"calls": found, "page": 0, "page_size": 1000, "next_page_uri": None,
                        "uri": f"{CALLS}.json"})  # fmt: skip


def record(made: dict[str, Any]) -> dict[str, Any]:
    """Show a call as Twilio's records do."""
    return {
        "sid": made["sid"], "account_sid": ACCOUNT, "to": made["to"], "from": made["from"],
        "status": made["status"], "direction": "outbound-api", "api_version": "2010-04-01",
        "uri": f"{CALLS}/{made['sid']}.json",
    }  # fmt: skip


def _go(world: World, made: dict[str, Any], form: dict[str, str], rule: Rule) -> None:
    time.sleep(STEP_SECONDS)
    ended = UNANSWERED.get(rule.do)
    if ended is None:
        answer = _ask(world, made, form["Url"], "in-progress")
        for key in str(rule.how.get("key", "")) if rule.do == "press" else "":
            gather = _parsed(answer).find("Gather")
            if gather is not None:
                answer = _ask(world, made, str(gather.get("action")), "in-progress", key)
        _talk(world, made, answer)
    with world.guard:
        made["status"] = ended or "completed"
    if form.get("StatusCallback"):
        post(form["StatusCallback"], _params(made))


def _talk(world: World, made: dict[str, Any], answer: str) -> None:
    """Join a conference; whoever leads it stays until three talk, then its end is told."""
    dial = _parsed(answer).find("Dial")
    conference = dial.find("Conference") if dial is not None else None
    if dial is None or conference is None:
        return
    with world.guard:
        made["joined"] = str(conference.text)
    until = time.monotonic() + TALK_SECONDS
    leads = conference.get("endConferenceOnExit") == "true"
    while leads and time.monotonic() < until and len(_in(world, made["joined"])) < TALKERS:
        time.sleep(STEP_SECONDS)
    if leads and dial.get("action"):
        _ask(world, made, str(dial.get("action")), "completed")


def _in(world: World, conference: str) -> list[dict[str, Any]]:
    with world.guard:
        return [made for made in world.rings if made["joined"] == conference]


def _parsed(answer: str) -> ET.Element:
    return ET.fromstring(answer or "<Response/>")  # noqa: S314  our own


def _ask(world: World, made: dict[str, Any], url: str, status: str, digits: str = "") -> str:
    with world.guard:
        made["status"] = status
    more = [("Digits", digits)] if digits else []
    answered, words = post(url, [*_params(made), *more])
    with world.guard:
        made["heard"].append(words if answered == 200 else f"status {answered}")
    return words if answered == 200 else ""


def _params(made: dict[str, Any]) -> Params:
    return [
        ("CallSid", made["sid"]), ("AccountSid", ACCOUNT), ("From", made["from"]),
        ("To", made["to"]), ("CallStatus", made["status"]), ("Direction", "outbound-api"),
        ("ApiVersion", "2010-04-01"),
    ]  # fmt: skip
