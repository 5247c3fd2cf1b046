"""What a decision changes beside its own rows: waiting replies, drafts, talks by telephone."""

from datetime import datetime

from sqlalchemy import Connection

from store import conferences
from store.conducting import drafts
from store.conducting.rows import Entry
from store.conducting.unsent import keep_back, leave_out


def follow_through(connection: Connection, entry: Entry, now: datetime) -> None:
    """Carry out what a decision says of things that were there before."""
    decision, clinic_id, episode_id = entry.decision, entry.clinic_id, entry.episode_id
    if decision.keeps_back:
        contact_id = entry.situation.contact.id
        keep_back(connection, clinic_id, contact_id, episode_id, now)
    if decision.leaves_out:
        leave_out(connection, clinic_id, episode_id, now)
    if decision.releases is not None:
        drafts.end(connection, clinic_id, decision.releases, drafts.SENT)
    if decision.withdraws is not None:
        drafts.end(connection, clinic_id, decision.withdraws, drafts.WITHDRAWN)
    if decision.ends_conference:
        conferences.end(connection, clinic_id, decision.ends_conference)
