"""Writes rows for tests: a clinic with Ana and Nils, and the Garcias, who text it.

Each function inserts one row into an open transaction and gives its id; any other column can be
set by its name.
"""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import Connection, Table, insert

from routing.types import ContactKind, DeliveryClass, DeliveryState, Lane, Urgency
from store import people, tables

NOW = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
"""A Wednesday, nine in the morning in Chicago."""

_count = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Household:
    """The ids of one family that can text: its caregiver, child, address and thread."""

    family_id: int
    caregiver_id: int
    child_id: int
    contact_id: int
    thread_id: int


def row(connection: Connection, table: Table, **columns: Any) -> int:
    """Insert one row; give its id."""
    return cast(
        "int",
        connection.execute(insert(table).values(**columns).returning(table.c.id)).scalar_one(),
    )


def clinic(connection: Connection, *, key: str = "maple", **columns: Any) -> int:
    """Add a clinic in Chicago with English and Spanish, live, one number, open office hours."""
    office = [["08:30", "12:00"], ["12:30", "17:00"]]
    defaults = {
        "name": f"{key.title()} Complex Care",
        "timezone": "America/Chicago",
        "country": "US",
        "languages": ["en", "es"],
        "template_policy": "allow_draft",
        "emergency_number": "911",
        "on_call_phone": "+13125550100",
        "automation": "on",
        "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), office),
        "opt_out": "twilio",
        "is_system": False,
        "revision": 1,
    }
    return row(connection, tables.clinics, key=key, **(defaults | columns))


def clinic_number(connection: Connection, clinic_id: int, number: str = "+13125550111") -> int:
    """Give the clinic a number that families text."""
    return row(connection, tables.clinic_numbers, clinic_id=clinic_id, number=number)


def staff_member(
    connection: Connection,
    clinic_id: int,
    *,
    name: str = "Ana",
    password: str | None = None,
    **columns: Any,
) -> int:
    """Add a coordinator; `password` is hashed, without one nobody can sign in."""
    defaults = {
        "email": f"{name.lower()}.{clinic_id}@maple.example",
        "roles": ["coordinator"],
        "languages": ["en"],
        "active": True,
        "password_hash": _hashed(password) if password else None,
    }
    return row(connection, tables.staff, clinic_id=clinic_id, name=name, **(defaults | columns))


def session(
    connection: Connection, clinic_id: int, staff_id: int, token: str, *, at: datetime = NOW
) -> int:
    """Sign somebody in without the cost of a password; `token` belongs into the cookie."""
    return row(
        connection,
        tables.sessions,
        clinic_id=clinic_id,
        staff_id=staff_id,
        token_hash=sha256(token.encode()).hexdigest(),
        created_at=at,
        seen_at=at,
    )


def on_call(connection: Connection, clinic_id: int, staff_id: int, position: int = 0) -> int:
    """Put a staff member on the list of who is told."""
    return row(
        connection, tables.on_call, clinic_id=clinic_id, staff_id=staff_id, position=position
    )


def family(connection: Connection, clinic_id: int, *, name: str = "Garcia", **columns: Any) -> int:
    """Add a household without people."""
    kind = columns.get("kind", ContactKind.FAMILY)
    defaults = {
        "key": name.lower() if kind == ContactKind.FAMILY else None,
        "kind": ContactKind.FAMILY,
        "created_at": NOW - timedelta(days=90),
    }
    return row(connection, tables.families, clinic_id=clinic_id, name=name, **(defaults | columns))


def child(
    connection: Connection, clinic_id: int, family_id: int, *, name: str = "Luis", **columns: Any
) -> int:
    """Add a child; without flags unless they are given."""
    defaults = {"birth_month": "2021-03", "flags": [], "status": "active"}
    return row(
        connection,
        tables.children,
        clinic_id=clinic_id,
        family_id=family_id,
        name=name,
        **(defaults | columns),
    )


def caregiver(
    connection: Connection, clinic_id: int, family_id: int, *, name: str = "Rosa", **columns: Any
) -> int:
    """Add a person who writes for the family."""
    defaults = {"relation": "mother", "language": "es"}
    return row(
        connection,
        tables.caregivers,
        clinic_id=clinic_id,
        family_id=family_id,
        name=name,
        **(defaults | columns),
    )


def contact(
    connection: Connection,
    clinic_id: int,
    family_id: int,
    *,
    address: str = "+13125550131",
    **columns: Any,
) -> int:
    """Add an address that may be texted."""
    defaults = {"channel": "sms", "consent": "granted", "created_at": NOW - timedelta(days=90)}
    return row(
        connection,
        tables.contacts,
        clinic_id=clinic_id,
        family_id=family_id,
        address=address,
        **(defaults | columns),
    )


def thread(
    connection: Connection, clinic_id: int, family_id: int, contact_id: int, **columns: Any
) -> int:
    """Add the thread of a contact."""
    return row(
        connection,
        tables.threads,
        clinic_id=clinic_id,
        family_id=family_id,
        contact_id=contact_id,
        **({"our_address": "+13125550111"} | columns),
    )


def household(
    connection: Connection,
    clinic_id: int,
    *,
    name: str = "Garcia",
    phone: str = "+13125550131",
    flags: tuple[str, ...] = ("trach", "g_tube"),
    writer: str = "Rosa",
    language: str = "es",
    coordinator_id: int | None = None,
) -> Household:
    """Add a family that can text: one caregiver with a phone, one child, one thread."""
    family_id = family(connection, clinic_id, name=name, coordinator_id=coordinator_id)
    caregiver_id = caregiver(connection, clinic_id, family_id, name=writer, language=language)
    contact_id = contact(
        connection,
        clinic_id,
        family_id,
        address=phone,
        caregiver_id=caregiver_id,
        language=language,
    )
    return Household(
        family_id,
        caregiver_id,
        child(connection, clinic_id, family_id, flags=list(flags)),
        contact_id,
        thread(connection, clinic_id, family_id, contact_id),
    )


def stranger(
    connection: Connection, clinic_id: int, *, phone: str = "+13125550999"
) -> tuple[int, int]:
    """Add an unknown sender (C8); give the ids of the household and the thread."""
    family_id = family(connection, clinic_id, name=phone, kind=ContactKind.UNCLAIMED)
    contact_id = contact(connection, clinic_id, family_id, address=phone, consent="unknown")
    return family_id, thread(connection, clinic_id, family_id, contact_id)


def episode(
    connection: Connection,
    clinic_id: int,
    family_id: int,
    thread_id: int,
    *,
    urgency: Urgency = Urgency.ROUTINE,
    **columns: Any,
) -> int:
    """Add an open episode whose family has waited since `NOW`, ranked as the inbox wants it."""
    acknowledged = columns.get("acknowledged_at") is not None
    rank = 0 if urgency is Urgency.EMERGENCY and not acknowledged else 4 - urgency
    defaults = {
        "state": "open",
        "urgency": int(urgency),
        "topics": [],
        "needs_eyes": False,
        "opened_at": NOW,
        "waiting_since": NOW,
        "is_waiting": True,
        "inbox_rank": rank,
    }
    return row(
        connection,
        tables.episodes,
        clinic_id=clinic_id,
        family_id=family_id,
        thread_id=thread_id,
        **(defaults | columns),
    )


def message(
    connection: Connection,
    clinic_id: int,
    thread_id: int,
    episode_id: int,
    text: str,
    *,
    direction: str = "in",
    **columns: Any,
) -> int:
    """Add words of a family, or with `direction="out"` words of ours."""
    inbound = {
        "provider": "twilio",
        "provider_account": "AC" + "0" * 32,
        "provider_id": f"SM{next(_count):032x}",
        "language": "es",
    }
    defaults = {"kind": "text", "at": NOW} | (inbound if direction == "in" else {})
    return row(
        connection,
        tables.messages,
        clinic_id=clinic_id,
        thread_id=thread_id,
        episode_id=episode_id,
        text=text,
        direction=direction,
        **(defaults | columns),
    )


def assessment(
    connection: Connection,
    clinic_id: int,
    message_id: int,
    *,
    urgency: Urgency = Urgency.ROUTINE,
    **columns: Any,
) -> int:
    """Add the judgement of one inbound message."""
    defaults = {
        "topics": [],
        "language": "es",
        "understood": True,
        "marks": [],
        "reasons": [],
        "set_aside": [],
        "version": "rules-1",
    }
    return row(
        connection,
        tables.assessments,
        clinic_id=clinic_id,
        message_id=message_id,
        urgency=int(urgency),
        **(defaults | columns),
    )


def delivery(
    connection: Connection,
    clinic_id: int,
    *,
    state: str = DeliveryState.QUEUED,
    **columns: Any,
) -> int:
    """Add one thing to bring; `message_id` for words to a family, `staff_id` for an alert."""
    defaults = {
        "channel": "sms",
        "to_address": "+13125550131",
        "from_address": "+13125550111",
        "purpose": "reply",
        "at_once": False,
        "urgency": int(Urgency.ROUTINE),
        "delivery_class": DeliveryClass.AT_MOST_ONCE,
        "lane": int(Lane.HUMAN),
        "ref": f"ref-{next(_count)}",
        "created_at": NOW,
        "due_at": NOW if state == DeliveryState.QUEUED else None,
        "expires_at": NOW + timedelta(hours=1),
        "fence": 0,
        "attempts": 0,
    }
    return row(
        connection,
        tables.deliveries,
        clinic_id=clinic_id,
        state=state,
        **(defaults | columns),
    )


def alert(connection: Connection, clinic_id: int, episode_id: int, **columns: Any) -> int:
    """Add an alert that nobody has acknowledged; its next step is due in two minutes."""
    defaults = {
        "state": "open",
        "step": 1,
        "urgency": int(Urgency.EMERGENCY),
        "rung": 0,
        "asked": False,
        "word": "maple",
        "ref": f"alert-{next(_count)}",
        "opened_at": NOW,
        "next_step_at": NOW + timedelta(minutes=2),
    }
    return row(
        connection,
        tables.alerts,
        clinic_id=clinic_id,
        episode_id=episode_id,
        **(defaults | columns),
    )


def attachment(connection: Connection, clinic_id: int, message_id: int, **columns: Any) -> int:
    """Add a picture that the provider announced and nobody has fetched yet."""
    defaults = {
        "position": 0,
        "url": "https://api.twilio.com/media/ME1",
        "content_type": "image/jpeg",
        "state": "recorded",
        "tries": 0,
    }
    return row(
        connection,
        tables.attachments,
        clinic_id=clinic_id,
        message_id=message_id,
        **(defaults | columns),
    )


@lru_cache
def _hashed(password: str) -> str:
    return people.hash_password(password)
