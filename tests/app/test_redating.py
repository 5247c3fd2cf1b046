"""A worker as it is put together also looks for what a wrong clock has dated (I-31)."""

from datetime import timedelta

from sqlalchemy import select

from app.compose import Role, compose
from store import tables
from store.settings import Settings
from tests import factories
from tests.clock import MovableClock


def test_every_worker_puts_right_what_was_dated_ahead(sqlite_url: str, clock: MovableClock) -> None:
    kinline = compose(Settings(database_url=sqlite_url), clock, role=Role.WORKER)
    hour = timedelta(hours=1)
    with kinline.database.write() as connection:
        clinic_id = factories.clinic(connection)
        home = factories.household(connection, clinic_id)
        factories.row(
            connection, tables.timers, clinic_id=clinic_id, kind="unopened",
            episode_id=factories.episode(connection, clinic_id, home.family_id, home.thread_id),
            planned_at=clock() + hour, due_at=clock() + 3 * hour,
        )  # fmt: skip
    assert kinline.worker.run_once() == 1
    with kinline.database.read() as connection:
        [timer] = connection.execute(select(tables.timers)).all()
    assert (timer.planned_at, timer.due_at) == (clock(), clock() + 2 * hour)
    assert kinline.worker.run_once() == 0
    kinline.stop()
