"""How a test talks to the fake: a phone's texts, what was sent, and how it should misbehave."""

import base64
import json
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from store.clock import system_clock
from tests.faketwilio.account import ACCOUNT

ROOT = Path(__file__).parents[2]
CLINIC = "+13125550111"


@dataclass(frozen=True, slots=True)
class Sent:
    """One text that Kinline sent, by a call or in its answer to a webhook."""

    sid: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    error: int | None
    callback: str | None
    validity: int | None
    service: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """How a webhook was answered; `replies` are the ids of the texts in the answer."""

    status: int
    twiml: str
    sid: str
    replies: tuple[str, ...] = ()


class Unexpected(AssertionError):
    """A text went out that no test expected, or one that was expected did not."""


class FakeTwilio:
    """A running fake. Texts that nobody claims by `wait_for` or `allow` fail the test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faketwilio"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self._claimed: set[str] = set()
        self._allowed: list[tuple[str | None, str]] = []

    def stop(self) -> None:
        """End the fake's process."""
        self._process.communicate("", timeout=10)

    # What went out.

    def sent(self, *, to: str | None = None, containing: str = "") -> tuple[Sent, ...]:
        """List what was sent, oldest first; claims nothing."""
        return tuple(
            Sent(**{name: text[name] for name in Sent.__slots__})
            for text in self._ask("state")["texts"]
            if text["direction"] != "inbound"
            and to in {None, text["to"]}
            and containing in text["body"]
        )

    def wait_for(self, *, to: str | None = None, containing: str = "", within: float = 5.0) -> Sent:
        """Wait for a text that was not claimed yet, and claim it."""
        deadline = time.monotonic() + within
        while True:
            for text in self.sent(to=to, containing=containing):
                if text.sid not in self._claimed:
                    self._claimed.add(text.sid)
                    return text
            if time.monotonic() > deadline:
                raise Unexpected(f"nothing to {to} containing {containing!r}: {self._unclaimed()}")
            time.sleep(0.02)

    def wait_until(self, sid: str, status: str, within: float = 5.0) -> Sent:
        """Wait until a text has come to a status."""
        deadline = time.monotonic() + within
        while True:
            text = next(one for one in self.sent() if one.sid == sid)
            if text.status == status:
                return text
            if time.monotonic() > deadline:
                raise Unexpected(f"{sid} is {text.status}, not {status}")
            time.sleep(0.02)

    def allow(self, *, to: str | None = None, containing: str = "") -> None:
        """Let texts like this go out, now or later, without anybody waiting for them."""
        self._allowed.append((to, containing))

    def expect_nothing_more(self, after: float = 0.0) -> None:
        """Fail when anything went out that was neither claimed nor allowed."""
        time.sleep(after)
        unclaimed = self._unclaimed()
        if unclaimed:
            raise Unexpected(f"nobody expected {unclaimed}")

    def callbacks(self, sid: str | None = None) -> list[dict[str, Any]]:
        """List the status callbacks that were posted: `sid`, `to`, `status`, `answered`."""
        return [c for c in self._ask("state")["callbacks"] if sid in {None, c["sid"]}]

    def rings(self, to: str | None = None) -> list[dict[str, Any]]:
        """List the calls that Kinline made: `sid`, `to`, `status`, `heard` (TwiML), `pressed`.

        `joined` is the name of the conference that somebody was put into.
        """
        return [ring for ring in self._ask("state")["rings"] if to in {None, ring["to"]}]

    def wait_for_ring(
        self, to: str, status: str = "completed", within: float = 5.0, after: int = 0
    ) -> dict[str, Any]:
        """Wait until a call to somebody has ended in some way; `after` so many earlier ones."""
        deadline = time.monotonic() + within
        while True:
            for ring in self.rings(to)[after:]:
                if ring["status"] == status:
                    return ring
            if time.monotonic() > deadline:
                raise Unexpected(f"no call to {to} came to {status}: {self.rings(to)}")
            time.sleep(0.02)

    def posts(self) -> list[dict[str, Any]]:
        """List the calls that wanted something sent, each without its words."""
        return [call for call in self.seen() if call["method"] == "POST"]

    def seen(self) -> list[dict[str, Any]]:
        """List the calls to Twilio's side: `method`, `path`, `signed_in`."""
        return list(self._ask("state")["seen"])

    # What comes in.

    def text(
        self,
        base_url: str,
        sender: str,
        body: str,
        *,
        recipient: str = CLINIC,
        media: Sequence[tuple[str, str]] = (),
        sid: str | None = None,
        **asked: Any,
    ) -> Answered:
        """Text a number of ours; TwiML in the answer goes out as texts.

        Args:
            base_url: where Kinline listens.
            sender: the phone.
            body: its words.
            recipient: the clinic's number.
            media: pairs of address (see `picture`) and content type.
            sid: the provider's id, to send the same text again.
            asked: `public_url` to sign for, `extra` fields, `lose_answer`, `within` seconds;
                `unheard`: every webhook about it is lost.
        """
        form = {"sender": sender, "recipient": recipient, "body": body, "sid": sid}
        answer = self._ask("text", base_url=base_url, media=list(media), **form, **asked)
        replies = tuple(answer["replies"])
        return Answered(answer["status"], answer["twiml"], answer["sid"], replies)

    def call(
        self,
        base_url: str,
        sender: str,
        *,
        recipient: str = CLINIC,
        dial_status: str = "completed",
        **asked: Any,
    ) -> tuple[Answered, ...]:
        """Call a number of ours; `dial_status` is how the call that we connect to ends.

        With `lost_from` (`voice` or `ended`) every webhook from there on is lost; `hangs_up`: the
        caller does, before anything rings.
        """
        answer = self._ask("call", base_url=base_url, sender=sender, recipient=recipient,
                           dial_status=dial_status, **asked)  # fmt: skip
        return tuple(
            Answered(one["status"], one["twiml"], answer["sid"]) for one in answer["answers"]
        )

    def call_records(self) -> list[dict[str, Any]]:
        """List the calls to us and whom they rang, as Twilio's records hold them."""
        return list(self._ask("state")["call_records"])

    def rang(self, sid: str, status: str) -> None:
        """Let a call have rung somebody, and end like this."""
        self._ask("rang", sid=sid, status=status)

    def stands(self, sid: str, status: str) -> None:
        """Let a call stand like this."""
        self._ask("stands", sid=sid, status=status)

    def picture(
        self, content: bytes, content_type: str = "image/jpeg", do: str = "serve", **how: Any
    ) -> str:
        """Hold an attachment and give its address.

        `do` is `serve`, `public`, `redirect` (to=), `status` (status=), `hang` (seconds=),
        `drip` (pause=), `cut` or `endless`; all but `public` ask for a sign-in, unless
        `public=True`.
        """
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME{uuid.uuid4().hex}"
        self._ask("picture", path=path, content=base64.b64encode(content).decode(),
                  content_type=content_type, do=do, how=how)  # fmt: skip
        return self.url + path

    # How it should misbehave.

    def refuse(self, status: int, code: int | None = None, *, to: str | None = None,
               times: int = 1, retry_after: int | None = None) -> None:  # fmt: skip
        """Answer the next calls to send with an error, and send nothing."""
        how = {"status": status, "code": code, "retry_after": retry_after}
        self._rule("create", "refuse", how, to, times)

    def drop_answers(self, *, to: str | None = None, times: int = 1, hidden: float = 0) -> None:
        """Send, but never answer; with `hidden` the listing shows it so many seconds later."""
        self._rule("create", "drop_answer", {"hidden": hidden}, to, times)

    def accept_then_fail(self, status: int, *, to: str | None = None, times: int = 1) -> None:
        """Send, and answer with an error all the same."""
        self._rule("create", "accept_then_fail", {"status": status}, to, times)

    def garble_answers(self, *, to: str | None = None, times: int = 1) -> None:
        """Send, and answer with half of the JSON."""
        self._rule("create", "garble", {}, to, times)

    def reset_connections(self, *, to: str | None = None, times: int = 1) -> None:
        """Cut the connection after the request, and send nothing."""
        self._rule("create", "reset", {}, to, times)

    def hang(self, seconds: float, *, to: str | None = None, times: int = 1) -> None:
        """Keep callers waiting, then hang up and send nothing."""
        self._rule("create", "hang", {"seconds": seconds}, to, times)

    def be_slow(self, seconds: float, *, to: str | None = None, times: int = 1) -> None:
        """Wait before sending and answering."""
        self._rule("create", "slow", {"seconds": seconds}, to, times)

    def refuse_lists(self, status: int, code: int | None = None, *, times: int = 1) -> None:
        """Answer the next look-ups with an error."""
        self._rule("list", "refuse", {"status": status, "code": code}, None, times)

    def refuse_call_lists(self, status: int, *, times: int = 1) -> None:
        """Answer the next questions for calls with an error."""
        self._rule("calls", "refuse", {"status": status}, None, times)

    def refuse_picture_lists(self, status: int, *, times: int = 1) -> None:
        """Answer the next questions for the pictures of a text with an error."""
        self._rule("pictures", "refuse", {"status": status, "code": None}, None, times)

    def fail_deliveries(self, code: int, *, to: str | None = None, times: int = 1) -> None:
        """Accept the next texts, then report that they were not delivered."""
        self._rule("walk", "fail", {"code": code}, to, times)

    def report(self, do: str = "happy", *, to: str | None = None, times: int = 1,
               **how: Any) -> None:  # fmt: skip
        """Walk the next texts differently.

        `do` is `silent` (no callbacks), `reverse`, `early` (before the answer to the call),
        `happy` or `statuses` (statuses=[…]); `repeat=3` tells each three times, and the reports
        of `untold=[…]` are lost on their way.
        """
        self._rule("walk", do, how, to, times)

    def pick_up(self, do: str = "press", *, to: str | None = None, times: int = 1,
                **how: Any) -> None:  # fmt: skip
        """Let the next calls of ours end differently; otherwise a machine picks up.

        `do` is `press` (key=, one or several in turn), `busy`, `no_answer`, `fail` or `refuse`
        (status=, code=).
        """
        self._rule("ring", do, how, to, times)

    def opt_out(self, sender: str, recipient: str = CLINIC) -> None:
        """Let Twilio hold that this phone wrote STOP to this number."""
        self._ask("opt_out", sender=sender, recipient=recipient)

    def set_clock(self, at: datetime, *, since: datetime | None = None, speed: float = 1.0) -> None:
        """Let the dates in Twilio's records agree with a test's clock.

        Args:
            at: what time it was.
            since: the real moment in which it was so; now, where none is given.
            speed: how many times as fast as the real clock it runs.
        """
        began = since or system_clock()
        self._ask("clock", stood_at=at.isoformat(), began=began.isoformat(), speed=speed)

    def _rule(self, on: str, do: str, how: Mapping[str, Any], to: str | None, times: int) -> None:
        self._ask("rule", on=on, do=do, how=how, to=to, times=times)

    def _unclaimed(self) -> list[str]:
        return [
            f"{text.to}: {text.body}"
            for text in self.sent()
            if text.sid not in self._claimed
            and not any(to in {None, text.to} and w in text.body for to, w in self._allowed)
        ]

    def _ask(self, name: str, **asked: Any) -> dict[str, Any]:
        request = urllib.request.Request(f"{self.url}/control/{name}", json.dumps(asked).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
