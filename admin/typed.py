"""What a person typed into a form of an episode, so that no refusal loses it."""

import secrets
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Form, Request

from routing.events import Newcomer
from routing.types import ChildFlag

LONGEST_KEY = 60
NOBODY = Newcomer("", "")


@dataclass(frozen=True, slots=True)
class Typed:
    """One filled form.

    `path` is where it was going, `key` makes a repeated form one act, `seen` is the last message
    that stood on the screen (C6).
    """

    path: str = ""
    text: str = ""
    outcome: str = ""
    unsent: str = ""  # an `Unsent`: what becomes of a reply that waits to leave
    other: str = ""
    key: str = ""
    seen: int | None = None
    family_id: int | None = None
    to_id: int | None = None
    until: str = ""  # one of the choices of `later`, or "own"
    own_time: str = ""
    waits_for: str = ""
    level: str = ""
    message_id: int | None = None
    draft_id: int | None = None  # whose words stand in the box (C5)
    reached: bool = False
    note: str = ""  # of the acts beside answering: a note, a reason, how a call ended
    act: str = ""  # which of those forms it was
    now_because: str = ""  # why words to a family cannot wait for the morning (C20)
    at_once: bool = False  # not only when the writer's hours begin
    why_now: str = ""  # a `WhyNow`
    newcomer: Newcomer = NOBODY
    contact_id: int | None = None  # whom a family's page writes to

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing that a person would miss."""
        return not self.carried

    @property
    def carried(self) -> dict[str, str]:
        """Give what was typed by the names of the form, for pages that stand in between."""
        fields = {
            "text": self.text,
            "outcome": self.outcome,
            "unsent": self.unsent,
            "other": self.other,
            "note": self.note,
            "waits_for": self.waits_for,
            "own_time": self.own_time,
            "level": self.level if self.note else "",
            "now_because": self.now_because,
            "why_now": self.why_now,
            "family_name": self.newcomer.family,
            "caregiver": self.newcomer.caregiver,
            "child": self.newcomer.child,
            "birth_month": self.newcomer.birth_month,
        }
        if self.text and self.draft_id:
            fields["draft"] = str(self.draft_id)
        if self.text and self.contact_id:
            fields["contact"] = str(self.contact_id)
        new = self.newcomer
        if new.family or new.caregiver or new.child:
            fields |= {"relation": new.relation, "language": new.language}
            fields["flags"] = ",".join(new.flags)
        typed = {name: words for name, words in fields.items() if words}
        return typed | {"act": self.act} if typed else {}


@dataclass(frozen=True, slots=True)
class UsualTyped:
    """What was typed as usual for one child (C21); no `child_id`: nothing was."""

    child_id: int | None = None
    rule: str = ""
    says: str = ""
    lowest: str = ""
    until: str = ""


NOTHING_USUAL = UsualTyped()


def fresh(typed: Typed | None = None) -> Typed:
    """Give a form a key that no other form has."""
    return replace(typed or Typed(), key=secrets.token_urlsafe(16))


def _newcomer(
    *,
    family_name: Annotated[str, Form()] = "",
    caregiver: Annotated[str, Form()] = "",
    relation: Annotated[str, Form(max_length=50)] = "guardian",
    language: Annotated[str, Form(max_length=16)] = "",
    child: Annotated[str, Form()] = "",
    birth_month: Annotated[str, Form()] = "",
    flags: Annotated[list[str] | None, Form()] = None,
) -> Newcomer:
    # Pages that stand in between carry them as one word.
    named = ",".join(flags or ()).split(",")
    chosen = tuple(flag for flag in ChildFlag if flag.value in named)
    return Newcomer(family_name, caregiver, relation, language, child, birth_month, chosen)


def _read(
    request: Request,
    newcomer: Annotated[Newcomer, Depends(_newcomer)],
    *,
    text: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
    unsent: Annotated[str, Form(max_length=20)] = "",
    other: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    family: Annotated[str, Form()] = "",
    to: Annotated[str, Form()] = "",
    until: Annotated[str, Form(max_length=40)] = "",
    own_time: Annotated[str, Form(max_length=40)] = "",
    waits_for: Annotated[str, Form()] = "",
    level: Annotated[str, Form()] = "",
    message: Annotated[str, Form()] = "",
    draft: Annotated[str, Form()] = "",
    reached: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    act: Annotated[str, Form(max_length=20)] = "",
    now_because: Annotated[str, Form()] = "",
    sends: Annotated[str, Form(max_length=20)] = "",
    why_now: Annotated[str, Form(max_length=20)] = "",
    contact: Annotated[str, Form()] = "",
) -> Typed:
    typed = Typed(
        path=request.url.path,
        text=text.replace("\r\n", "\n"),
        outcome=outcome,
        unsent=unsent,
        other=other.strip(),
        key=key if 0 < len(key) <= LONGEST_KEY else secrets.token_urlsafe(16),
        seen=_number(seen),
        family_id=_number(family),
        to_id=_number(to),
        until=until,
        own_time=own_time.strip(),
        waits_for=waits_for.strip(),
        level=level,
        message_id=_number(message),
        draft_id=_number(draft),
        reached=reached == "yes",
        note=note.replace("\r\n", "\n"),
        # At the door it is named, everywhere else the address says it.
        act=act or request.url.path.rpartition("/")[2],
        now_because=now_because.strip(),
        at_once=sends == "now",
        why_now=why_now,
        newcomer=newcomer,
        contact_id=_number(contact),
    )
    # Kept where the pages for "sign in again" and "try again" find it.
    request.state.typed = typed
    return typed


def _number(digits: str) -> int | None:
    is_number = digits.isascii() and digits.isdigit() and len(digits) < len(str(2**63 - 1))
    return int(digits) if is_number else None


TypedForm = Annotated[Typed, Depends(_read)]
