"""What administrators do with people: invite, change, let go and take back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from routing.situation import AlertState
from routing.team import Refusal, leaves_nobody_in_charge
from routing.types import ContactKind, DeliveryState, EpisodeState
from store import browsers
from store.manage import Change, touched
from store.tables import (
    alerts,
    audit_events,
    clinic_numbers,
    clinics,
    contacts,
    deliveries,
    episodes,
    families,
    sessions,
    staff,
)
from store.team import Member, Wanted, is_person, member

LEFT = "staff.deactivated"
"""The action of the audit event that holds what fell to the team, so that it can come back."""


def invite(
    connection: Connection, change: Change, email: str, wanted: Wanted, invitation: str
) -> Refusal | None:
    """Add a person who may choose a password by a link; `invitation` is the hash of its secret."""
    taken = select(staff.c.id).where(func.lower(staff.c.email) == email)
    if connection.execute(taken).first():
        return Refusal.EMAIL_TAKEN
    if refusal := _refusal(connection, change.clinic_id, None, wanted):
        return refusal
    values = _values(wanted) | {
        "clinic_id": change.clinic_id, "email": email, "active": True,
        "invitation_hash": invitation, "invited_at": change.now,
    }  # fmt: skip
    try:
        with connection.begin_nested():
            added = connection.execute(insert(staff).values(values).returning(staff.c.id))
            staff_id = int(added.scalar_one())
    except IntegrityError:  # another administrator was faster by a moment
        return Refusal.EMAIL_TAKEN
    touched(connection, change, "staff.added", {"roles": list(wanted.roles)}, staff_id)
    return None


def renew_invitation(
    connection: Connection, change: Change, staff_id: int, invitation: str
) -> Member | None:
    """Give a person a new link for a password; an earlier link is no longer good."""
    done = connection.execute(
        update(staff)
        .where(is_person(change.clinic_id, staff_id), staff.c.active)
        .values(invitation_hash=invitation, invited_at=change.now)
    )
    if not done.rowcount:
        return None
    touched(connection, change, "staff.invited", {}, staff_id)
    return member(connection, change.clinic_id, staff_id)


def invite_from_here(connection: Connection, email: str, invitation: str, now: datetime) -> bool:
    """Give somebody a new link without anybody signed in; whoever has the machine may.

    For the only administrator of a clinic who has forgotten the password. The trace says that a
    command did it, not a person.

    Args:
        connection: of a writing transaction.
        email: of somebody who works here, in any spelling of its letters.
        invitation: the hash of the secret in the link.
        now: the present moment.

    Returns:
        Whether there is such a person.
    """
    found = connection.execute(
        update(staff)
        .where(func.lower(staff.c.email) == email.strip().lower(), staff.c.active)
        .values(invitation_hash=invitation, invited_at=now)
        .returning(staff.c.clinic_id, staff.c.id)
    ).first()
    if found is None:
        return False
    connection.execute(
        insert(audit_events).values(
            clinic_id=found.clinic_id, at=now, actor="command", actor_id=None,
            action="staff.invited", subject="staff", subject_id=found.id, details={},
        )
    )  # fmt: skip
    return True


def change_member(
    connection: Connection, change: Change, staff_id: int, wanted: Wanted, stamp: str
) -> Refusal | None:
    """Set what an administrator sets of a person, unless somebody else has done so meanwhile."""
    admins = _locked_admins(connection, change.clinic_id)
    before = member(connection, change.clinic_id, staff_id)
    if before is None:
        return Refusal.NOT_FOUND
    if before.stamp != stamp:
        return Refusal.CHANGED
    if leaves_nobody_in_charge(admins, staff_id, stays="admin" in wanted.roles):
        return Refusal.LAST_ADMIN
    if refusal := _refusal(connection, change.clinic_id, staff_id, wanted):
        return refusal
    if wanted != before.set:
        connection.execute(
            update(staff).where(is_person(change.clinic_id, staff_id)).values(_values(wanted))
        )
        changed = {
            "roles": {"before": list(before.set.roles), "after": list(wanted.roles)},
            "fields": [name for name in Wanted.__slots__ if _differs(before.set, wanted, name)],
        }
        touched(connection, change, "staff.changed", changed, staff_id)
    return None


def let_go(connection: Connection, change: Change, staff_id: int) -> Refusal | None:
    """End somebody's work here: sessions end, families and open episodes fall to the team."""
    ours, theirs = _locked_work(connection, change.clinic_id, staff_id)
    admins = _locked_admins(connection, change.clinic_id)
    if leaves_nobody_in_charge(admins, staff_id, stays=False):
        return Refusal.LAST_ADMIN
    gone = connection.execute(
        update(staff)
        .where(is_person(change.clinic_id, staff_id), staff.c.active)
        .values(active=False, invitation_hash=None, invited_at=None)
    )
    if not gone.rowcount:
        return Refusal.NOT_FOUND
    connection.execute(
        update(sessions)
        .where(
            sessions.c.clinic_id == change.clinic_id,
            sessions.c.staff_id == staff_id,
            sessions.c.ended_at.is_(None),
        )
        .values(ended_at=change.now)
    )
    _give(connection, families.c.coordinator_id, change.clinic_id, ours, staff_id, None)
    _give(connection, episodes.c.owner_id, change.clinic_id, theirs, staff_id, None)
    _pass_alerts_on(connection, change, staff_id)
    browsers.forget_all(connection, change.clinic_id, staff_id)
    touched(connection, change, LEFT, {"families": ours, "episodes": theirs}, staff_id)
    return None


def take_back(connection: Connection, change: Change, staff_id: int) -> bool:
    """Let somebody work here again; what nobody has taken meanwhile comes back to them."""
    fell = connection.execute(
        select(audit_events.c.details)
        .where(
            audit_events.c.clinic_id == change.clinic_id,
            audit_events.c.subject == "staff",
            audit_events.c.subject_id == staff_id,
            audit_events.c.action == LEFT,
        )
        .order_by(audit_events.c.id.desc())
        .limit(1)
    ).scalar()
    details = fell or {}
    ours, theirs = details.get("families", []), details.get("episodes", [])
    _locked(connection, families, change.clinic_id, families.c.id.in_(ours))
    back = connection.execute(
        update(staff)
        .where(is_person(change.clinic_id, staff_id), staff.c.active.is_(False))
        .values(active=True)
    )
    if not back.rowcount:
        return False
    _give(connection, families.c.coordinator_id, change.clinic_id, ours, None, staff_id)
    _give(connection, episodes.c.owner_id, change.clinic_id, theirs, None, staff_id)
    touched(connection, change, "staff.reactivated", {}, staff_id)
    return True


def _pass_alerts_on(connection: Connection, change: Change, staff_id: int) -> None:
    """Tell whoever left of nothing more; what waited for them goes on at once (I-11)."""
    d, a = deliveries.c, alerts.c
    unsent = connection.execute(
        update(deliveries)
        .where(
            d.clinic_id == change.clinic_id,
            d.staff_id == staff_id,
            d.state == DeliveryState.QUEUED,
        )
        .values(state=DeliveryState.EXPIRED, due_at=None)
        .returning(d.episode_id)
    )
    waiting = {episode_id for episode_id in unsent.scalars() if episode_id is not None}
    connection.execute(
        update(alerts)
        .where(
            a.clinic_id == change.clinic_id,
            a.state != AlertState.CLOSED,
            a.next_step_at > change.now,
            (a.acknowledged_by == staff_id) | a.episode_id.in_(waiting),
        )
        .values(next_step_at=change.now)
    )


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "name": wanted.name,
        "roles": list(wanted.roles),
        "languages": list(wanted.languages),
        "phone": wanted.phone,
        "backup_id": wanted.backup_id,
    }


def _differs(one: Wanted, other: Wanted, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _refusal(
    connection: Connection, clinic_id: int, staff_id: int | None, wanted: Wanted
) -> Refusal | None:
    if wanted.backup_id is not None:
        known = select(staff.c.id).where(is_person(clinic_id, wanted.backup_id), staff.c.active)
        if wanted.backup_id == staff_id or not connection.execute(known).first():
            return Refusal.NO_SUCH_BACKUP
    return _whose(connection, clinic_id, staff_id, wanted.phone) if wanted.phone else None


def _whose(
    connection: Connection, clinic_id: int, staff_id: int | None, phone: str
) -> Refusal | None:
    """See that a telephone is nobody else's: a text from a staff phone never reaches families."""
    colleague = select(staff.c.id).where(
        staff.c.clinic_id == clinic_id, staff.c.phone == phone, staff.c.active,
        staff.c.id != (staff_id or 0),
    )  # fmt: skip
    family = (
        select(contacts.c.id)
        .join(families, families.c.id == contacts.c.family_id)
        .where(
            contacts.c.clinic_id == clinic_id,
            families.c.clinic_id == clinic_id,
            contacts.c.address == phone,
            families.c.kind == ContactKind.FAMILY,
        )
    )
    texts = select(clinic_numbers.c.id).where(
        clinic_numbers.c.clinic_id == clinic_id, clinic_numbers.c.number == phone
    )
    alerts = select(clinics.c.id).where(clinics.c.id == clinic_id, clinics.c.alert_number == phone)
    found = (
        (colleague, Refusal.PHONE_OF_STAFF),
        (family, Refusal.PHONE_OF_FAMILY),
        (texts, Refusal.PHONE_OF_CLINIC),
        (alerts, Refusal.PHONE_OF_CLINIC),
    )
    return next((refusal for query, refusal in found if connection.execute(query).first()), None)


def _locked_admins(connection: Connection, clinic_id: int) -> frozenset[int]:
    """Find who is in charge, and let nobody change that until this transaction ends."""
    rows = connection.execute(
        select(staff.c.id, staff.c.roles, staff.c.password_hash)
        .where(staff.c.clinic_id == clinic_id, staff.c.active)
        .order_by(staff.c.id)
        .with_for_update()
    )
    return frozenset(row.id for row in rows if "admin" in row.roles and row.password_hash)


def _locked_work(
    connection: Connection, clinic_id: int, staff_id: int
) -> tuple[list[int], list[int]]:
    """Lock the families a person has to do with, as the conductor does, then read the work."""
    c = families.c
    owned = select(episodes.c.family_id).where(
        episodes.c.clinic_id == clinic_id, episodes.c.owner_id == staff_id,
        episodes.c.state != EpisodeState.RESOLVED,
    )  # fmt: skip
    _locked(connection, families, clinic_id, (c.coordinator_id == staff_id) | c.id.in_(owned))
    ours = select(c.id).where(c.clinic_id == clinic_id, c.coordinator_id == staff_id)
    theirs = select(episodes.c.id).where(
        episodes.c.clinic_id == clinic_id, episodes.c.owner_id == staff_id,
        episodes.c.state != EpisodeState.RESOLVED,
    )  # fmt: skip
    return (
        list(connection.execute(ours.order_by(c.id)).scalars()),
        list(connection.execute(theirs.order_by(episodes.c.id)).scalars()),
    )


def _locked(connection: Connection, table: Any, clinic_id: int, wanted: Any) -> None:
    connection.execute(
        select(table.c.id)
        .where(table.c.clinic_id == clinic_id, wanted)
        .order_by(table.c.id)
        .with_for_update()
    ).all()


def _give(
    connection: Connection, column: Any, clinic_id: int, ids: Sequence[int],
    from_id: int | None, to_id: int | None,
) -> None:  # fmt: skip
    """Hand over what still is with whom it was; an episode that is resolved stays as it is."""
    table = column.table
    kept = [
        table.c.clinic_id == clinic_id,
        table.c.id.in_(ids),
        column.is_not_distinct_from(from_id),
    ]
    if table is episodes:
        kept.append(episodes.c.state != EpisodeState.RESOLVED)
    connection.execute(update(table).where(*kept).values({column.name: to_id}))
