"""Queues what a decision wants to be said: words to families, notifications to staff."""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from locales.replies import Speaker
from routing.decision import HumanReply, Leg, Reply, StaffNote, Tell
from routing.events import Inbound, StaffAction
from routing.situation import ClinicView
from routing.types import DeliveryClass, DeliveryState, Lane, StaffChannel, Urgency
from store.conducting.rows import Entry, insert_all, insert_numbered
from store.conducting.wording import word_human, word_reply, word_tell
from store.outcomes import Answer
from store.tables import deliveries, messages

TEXTED = "sms"
OWN = "own"
ANNOUNCEMENT = "announcement"
BY_NUMBER = frozenset({StaffChannel.SMS, StaffChannel.CALL})
CONFIRMED_WITHIN = timedelta(minutes=1)  # DESIGN 4.3: then it is looked up
HUMAN_VALID = timedelta(hours=4)  # a late "yes, give the rescue dose" is dangerous (PRODUCT 4.2)
LEG_VALID = timedelta(seconds=90)  # nobody waits longer on the telephone
TELL_VALID = timedelta(minutes=30)  # the next step of the alert tells again anyway


def write_outgoing(
    connection: Connection, entries: Sequence[Entry], now: datetime, speaker: Speaker, link: str
) -> None:
    """Queue the automatic and human words and the notifications of a batch; see `records.write`."""
    texts = [(e, reply) for e in entries for reply in e.decision.replies]
    human = [(e, e.decision.human) for e in entries if e.decision.human is not None]
    said = [word_reply(speaker, reply, e.situation.clinic, now) for e, reply in texts]
    rows = [
        _outbound(e, now, said_one.text)
        | {"template": said_one.key, "template_version": said_one.version,
           "language": said_one.languages[-1]}
        for (e, _), said_one in zip(texts, said, strict=True)
    ]  # fmt: skip
    rows += [_outbound(e, now, word_human(words)) | _authored(e, words) for e, words in human]
    notes = [(e, e.decision.note) for e in entries if e.decision.note is not None]
    rows += [_outbound(e, now, note.text) | _own(e, note) for e, note in notes]
    ids = insert_numbered(connection, messages, rows)
    out = [
        _reply_delivery(entry, reply, message_id, now, said_one.text)
        for (entry, reply), message_id, said_one in zip(texts, ids, said, strict=False)
    ]
    for (entry, words), message_id in zip(human, ids[len(texts) :], strict=False):
        entry.message_id = message_id
        out.append(_human_delivery(entry, words, message_id, now))
    for entry in entries:
        for tell in entry.decision.tells:
            address = f"{link}/{entry.told_by}" if entry.told_by else link
            told = word_tell(speaker, tell, entry.situation.clinic, address, entry.word, now)
            is_push = tell.channel is StaffChannel.PUSH
            text = pushed(tell.urgency.word, address) if is_push else told.text
            out.append(_tell_delivery(entry, tell, text, now))
        out += [_leg_delivery(entry, leg, now) for leg in entry.decision.legs]
    insert_all(connection, deliveries, out)


def our_number(clinic: ClinicView) -> str:
    """Choose the number that texts and calls to staff come from; empty where there is none."""
    return clinic.alert_number or next((n for n in clinic.numbers if n.startswith("+")), "")


def lane_of(channel: StaffChannel) -> Lane:
    """Choose a lane: what may be slow holds up no text and no call."""
    return Lane.SAFETY if channel in BY_NUMBER else Lane.BESIDE


def pushed(level: str, link: str) -> str:
    """Write what a push to a browser carries: the level and an opaque link, and nothing else."""
    return json.dumps({"urgency": level, "link": link})


def _outbound(entry: Entry, now: datetime, text: str) -> dict[str, Any]:
    return {
        **entry.whose,
        "thread_id": entry.situation.contact.thread_id,
        "direction": "out",
        "kind": "text",
        "text": text,
        "answers_id": entry.message_id,
        "language": None,
        "template": None,
        "template_version": None,
        "author_id": None,
        "action_key": None,
        "at": now,
    }


def _authored(entry: Entry, words: HumanReply) -> dict[str, Any]:
    key = entry.event.key if isinstance(entry.event, StaffAction) else None
    return {"author_id": words.author.id, "action_key": key}


def _own(entry: Entry, note: StaffNote) -> dict[str, Any]:
    """Keep it in the thread for staff: it has no delivery and leaves by no channel."""
    key = entry.event.key if isinstance(entry.event, StaffAction) else None
    return {"direction": OWN, "kind": note.kind, "author_id": note.author.id, "action_key": key}


def _delivery(entry: Entry, now: datetime) -> dict[str, Any]:
    contact, clinic = entry.situation.contact, entry.situation.clinic
    return {
        "clinic_id": clinic.id,
        "message_id": None,
        "staff_id": None,
        "episode_id": entry.episode_id,
        "contact_id": contact.id,
        "channel": contact.channel,
        "to_address": contact.address,
        "from_address": contact.our_address,
        "notification": None,
        "ref": secrets.token_urlsafe(32),
        "key": None,
        "created_at": now,
        "due_at": now,
        "at_once": False,
        "fence": 0,
        "attempts": 0,
        "first_tried_at": None,
        "state": DeliveryState.QUEUED,
        "needs_call": None,
    }


def _reply_delivery(
    entry: Entry, reply: Reply, message_id: int, now: datetime, text: str
) -> dict[str, Any]:
    row = _delivery(entry, now) | {
        "message_id": message_id,
        "purpose": reply.key,
        "urgency": int(reply.urgency),
        "delivery_class": reply.delivery_class,
        "lane": int(reply.lane),
        "key": reply.once,
        "expires_at": now + reply.valid,
        "state": reply.state,
        "needs_call": reply.needs_call,
    }
    if reply.state is DeliveryState.BLOCKED:
        return row | {"due_at": None}
    if reply.at_once and isinstance(entry.event, Inbound) and entry.event.takes_answer:
        entry.answers = (*entry.answers, Answer(text, row["ref"]))
        row |= {
            "state": DeliveryState.SENDING,
            "at_once": True,
            "attempts": 1,
            "first_tried_at": now,
            "due_at": now + CONFIRMED_WITHIN,
        }
    return row


def _human_delivery(
    entry: Entry, words: HumanReply, message_id: int, now: datetime
) -> dict[str, Any]:
    urgency = entry.decision.episode.urgency if entry.decision.episode else Urgency.SOON
    return _delivery(entry, now) | {
        "message_id": message_id,
        "purpose": ANNOUNCEMENT if words.announces else "reply",
        "urgency": int(urgency),
        "delivery_class": DeliveryClass.AT_MOST_ONCE,
        "lane": int(Lane.HUMAN),
        "due_at": now + words.hold,
        "expires_at": now + words.hold + HUMAN_VALID,
    }


def _leg_delivery(entry: Entry, leg: Leg, now: datetime) -> dict[str, Any]:
    """Call somebody into a talk; they see the number that the family texts."""
    contact = entry.situation.contact
    return _delivery(entry, now) | {
        "contact_id": None,  # who wants no texts may be called
        "channel": StaffChannel.CALL.value,
        "to_address": leg.address,
        "from_address": our_number(entry.situation.clinic) or contact.our_address,
        "notification": leg.conference,
        "purpose": leg.joins,
        "urgency": int(Urgency.EMERGENCY),
        "delivery_class": DeliveryClass.AT_LEAST_ONCE,
        "lane": int(Lane.SAFETY),
        "expires_at": now + LEG_VALID,
    }


def _tell_delivery(entry: Entry, tell: Tell, text: str, now: datetime) -> dict[str, Any]:
    contact = entry.situation.contact
    ours = our_number(entry.situation.clinic)
    if not ours and contact.channel == TEXTED:
        ours = contact.our_address
    step = f"tell:{entry.told_by}:{tell.step}:{tell.address}" if entry.told_by else None
    return _delivery(entry, now) | {
        "contact_id": None,
        "staff_id": tell.staff_id,
        "channel": tell.channel.value,
        "to_address": tell.address,
        "from_address": ours if tell.channel in BY_NUMBER else "",
        "notification": text,
        "purpose": tell.key,
        "urgency": int(tell.urgency),
        "delivery_class": DeliveryClass.AT_LEAST_ONCE,
        "lane": int(lane_of(tell.channel)),
        "key": f"{step}:call" if step and tell.channel is StaffChannel.CALL else step,
        "expires_at": now + TELL_VALID,
    }
