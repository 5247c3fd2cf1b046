"""Two ways to write many rows with one statement, and what a batch carries while it is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert, update

from routing.decision import Decision
from routing.events import Event, StaffAction
from routing.situation import Situation
from store.outcomes import Answer


@dataclass(slots=True)
class Entry:
    """One event of a batch on its way into the tables."""

    event: Event
    situation: Situation
    decision: Decision
    episode_id: int | None = None
    message_id: int | None = None
    delivery_id: int | None = None
    answers: tuple[Answer, ...] = ()
    told_by: str | None = None  # the opaque name of the alert that notifications link to
    word: str = ""  # what staff text back to take that alert

    @property
    def clinic_id(self) -> int:
        """Name the clinic whose rows these are."""
        return self.situation.clinic.id

    @property
    def author_id(self) -> int | None:
        """Name the person whose act it is; None of what nobody did."""
        return self.event.staff_id if isinstance(self.event, StaffAction) else None

    @property
    def whose(self) -> dict[str, int]:
        """Give the columns that every row about this episode has."""
        return {"clinic_id": self.clinic_id, "episode_id": self.episode_id or 0}


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with one statement; all name the same columns."""
    if rows:
        connection.execute(insert(table), list(rows))


def insert_numbered(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> list[int]:
    """Insert rows and give their ids in the order of the rows."""
    if not rows:
        return []
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [row.id for row in connection.execute(statement, list(rows))]


def update_all(
    connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]], key: str = "id"
) -> None:
    """Update rows by their key within their clinic; each row names `row`, `clinic` and columns."""
    listed = list(rows)
    if listed:
        where = (table.c[key] == bindparam("row"), table.c.clinic_id == bindparam("clinic"))
        columns = [name for name in listed[0] if name not in {"row", "clinic"}]
        values: dict[str, Any] = {name: bindparam(name) for name in columns}
        connection.execute(update(table).where(*where).values(values), listed)
