"""Attachments that a message announced: which to fetch now, and what became of each."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, and_, insert, select, update

from store.live import Change
from store.tables import attachment_contents, attachments, messages


class AttachmentState(StrEnum):
    """Where an attachment stands."""

    RECORDED = "recorded"  # announced, to be fetched
    FETCHED = "fetched"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Announced:
    """One attachment to fetch now.

    `tries` counts this one and is its fence: a worker that was away while another tried again
    changes nothing (F-03).
    """

    attachment_id: int
    clinic_id: int
    episode_id: int
    account: str
    url: str = field(repr=False)
    content_type: str
    tries: int

    @property
    def change(self) -> Change:
        """Name what open screens should look at again."""
        return Change(self.clinic_id, self.episode_id)


def claim_due(
    connection: Connection, now: datetime, *, limit: int, lease_seconds: float
) -> list[Announced]:
    """Take attachments that are due, of all clinics, and keep others away from them for a while.

    Each try is counted before it begins, so that an attachment that kills its worker is given up
    after a few (F-04).
    """
    found = connection.execute(
        select(
            attachments.c.id,
            attachments.c.clinic_id,
            messages.c.episode_id,
            messages.c.provider_account,
            attachments.c.url,
            attachments.c.content_type,
            attachments.c.tries,
        )
        .join(
            messages,
            and_(
                messages.c.id == attachments.c.message_id,
                messages.c.clinic_id == attachments.c.clinic_id,
            ),
        )
        .where(
            attachments.c.state == AttachmentState.RECORDED.value,
            attachments.c.due_at <= now,
        )
        .order_by(attachments.c.due_at, attachments.c.id)
        .limit(limit)
        .with_for_update(of=attachments, skip_locked=True)
    ).all()
    claimed = [
        Announced(row.id, row.clinic_id, row.episode_id, row.provider_account or "", row.url,
                  row.content_type, row.tries + 1)
        for row in found
    ]  # fmt: skip
    for one in claimed:
        connection.execute(
            update(attachments)
            .where(attachments.c.clinic_id == one.clinic_id, attachments.c.id == one.attachment_id)
            .values(tries=one.tries, due_at=now + timedelta(seconds=lease_seconds))
        )
    return claimed


def keep(connection: Connection, one: Announced, content_type: str, content: bytes) -> bool:
    """Keep what was fetched; False where another try has settled it already."""
    if not _settle(connection, one, AttachmentState.FETCHED, why=None, due_at=None):
        return False
    connection.execute(
        insert(attachment_contents).values(
            clinic_id=one.clinic_id,
            attachment_id=one.attachment_id,
            content_type=content_type,
            content=content,
        )
    )
    return True


def try_again(connection: Connection, one: Announced, why: str, due_at: datetime) -> bool:
    """Leave the attachment for a later try."""
    return _settle(connection, one, AttachmentState.RECORDED, why=why, due_at=due_at)


def give_up(connection: Connection, one: Announced, why: str) -> bool:
    """Mark the attachment as unavailable and say why; its message stays as it is (I-06)."""
    return _settle(connection, one, AttachmentState.UNAVAILABLE, why=why, due_at=None)


def _settle(
    connection: Connection,
    one: Announced,
    state: AttachmentState,
    *,
    why: str | None,
    due_at: datetime | None,
) -> bool:
    changed = connection.execute(
        update(attachments)
        .where(
            attachments.c.clinic_id == one.clinic_id,
            attachments.c.id == one.attachment_id,
            attachments.c.state == AttachmentState.RECORDED.value,
            attachments.c.tries == one.tries,
        )
        .values(state=state.value, why=why, due_at=due_at)
    )
    return changed.rowcount == 1
