"""A telephone that is staff's by now, somebody else's, or nobody's any more (I-12, C8, C19)."""

from sqlalchemy import update

from routing.types import ReplyKey
from store import staffing, tables
from store.conducting.giving import queue_of
from store.manage import Change
from tests import factories
from tests.store.clinic import NILS, Clinic

PETRAS = "+13125550178"
REFILL = "My daughter Lucia needs a refill of her Keppra, can you help?"


def changed(maple: Clinic, staff_id: int, phone: str | None) -> None:
    with maple.database.write() as connection:
        connection.execute(
            update(tables.staff).where(tables.staff.c.id == staff_id).values(phone=phone)
        )
    maple.set_clinic()


def leaves(maple: Clinic, staff_id: int) -> None:
    with maple.database.write() as connection:
        bea = factories.staff_member(
            connection, maple.id, name="Bea", roles=["admin"], phone=None, password_hash="x"
        )
        assert staffing.let_go(connection, Change(maple.id, bea, maple.now), staff_id) is None


def alarm(maple: Clinic) -> str:
    """Let an emergency ring at everybody; give the word that takes it."""
    maple.text("mi hijo no puede respirar")
    for _ in range(3):
        maple.later(minutes=6)
        maple.wake()
    [alert] = maple.rows(tables.alerts)
    return str(alert.word)


def purposes_to(maple: Clinic, phone: str) -> list[str]:
    return [d.purpose for d in maple.rows(tables.deliveries) if d.to_address == phone]


def test_a_nurse_who_tried_the_number_before_she_was_entered_takes_an_alert_by_its_word_i12(
    maple: Clinic,
) -> None:
    maple.text("hello, is this the new line?", sender=PETRAS)
    with maple.database.write() as connection:
        petra = factories.staff_member(
            connection, maple.id, name="Petra", roles=["nurse"], phone=PETRAS
        )
    maple.set_clinic()
    maple.text(alarm(maple), sender=PETRAS)
    [alert] = maple.rows(tables.alerts)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", petra)
    assert purposes_to(maple, PETRAS)[-1] == ReplyKey.STAFF_TAKEN
    names = {row.name for row in maple.rows(tables.families)}
    assert "Petra (staff)" in names


def test_what_she_wrote_as_a_stranger_still_waits_where_the_team_sees_it(maple: Clinic) -> None:
    before = maple.text(REFILL, sender=PETRAS)
    with maple.database.write() as connection:
        factories.staff_member(connection, maple.id, name="Petra", phone=PETRAS)
    maple.set_clinic()
    maple.text("it is me, Petra", sender=PETRAS)
    with maple.database.read() as connection:
        assert before.episode_id in {one.episode_id for one in queue_of(connection, maple.id)}


def test_the_telephone_of_duty_takes_alerts_for_whoever_has_it_now(maple: Clinic) -> None:
    maple.text("testing the telephone", sender=NILS)
    leaves(maple, maple.nils)
    with maple.database.write() as connection:
        olga = factories.staff_member(
            connection, maple.id, name="Olga", roles=["nurse"], phone=NILS
        )
    maple.set_clinic()
    maple.text(alarm(maple), sender=NILS)
    [alert] = maple.rows(tables.alerts)
    assert (alert.state, alert.acknowledged_by) == ("acknowledged", olga)


def test_who_has_left_takes_no_alert_and_is_not_told_that_they_did_i12(maple: Clinic) -> None:
    maple.text("testing the telephone", sender=NILS)
    word = alarm(maple)
    leaves(maple, maple.nils)
    maple.text(word, sender=NILS)
    [alert] = maple.rows(tables.alerts)
    assert alert.state == "open"
    assert ReplyKey.STAFF_TAKEN not in purposes_to(maple, NILS)


def test_a_mother_who_worked_here_once_is_heard_as_any_unknown_sender_c8(maple: Clinic) -> None:
    """Also a recycled number: "not sent to the family" was all that it heard, and nobody saw it."""
    maple.text("testing the telephone", sender=NILS)
    leaves(maple, maple.nils)
    maple.later(hours=1)
    asked = maple.text(REFILL, sender=NILS)
    with maple.database.read() as connection:
        assert asked.episode_id in {one.episode_id for one in queue_of(connection, maple.id)}
    assert purposes_to(maple, NILS)[-1] == ReplyKey.NEW_SENDER


def test_an_old_number_of_a_colleague_is_staffs_no_more(maple: Clinic) -> None:
    maple.text("testing the telephone", sender=NILS)
    changed(maple, maple.nils, "+13125550123")
    maple.later(hours=1)
    maple.text(REFILL, sender=NILS)
    assert purposes_to(maple, NILS)[-1] == ReplyKey.NEW_SENDER
    changed(maple, maple.nils, NILS)
    maple.text("it is me again", sender=NILS)
    assert maple.rows(tables.contacts)[-1].staff_id == maple.nils
