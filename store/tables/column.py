"""The few kinds of columns that all tables are made of, and their shared metadata."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, MetaData
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""Eight bytes on PostgreSQL; on SQLite only INTEGER counts up by itself."""


class Moment(TypeDecorator[datetime]):
    """An instant, aware and in UTC in Python; without zone on SQLite, with one on PostgreSQL."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose the column type of the database."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name != "sqlite"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into what the database keeps; `ValueError` for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what the database kept into an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def primary() -> Column[int]:
    """Make the id column that every table begins with."""
    return Column("id", Id, primary_key=True, autoincrement=True)


def of_clinic() -> Column[int]:
    """Make the column that says whose row it is."""
    return Column("clinic_id", Id, ForeignKey("clinics.id"), nullable=False)


def link(name: str, target: str, *, optional: bool = False) -> Column[int]:
    """Make a column that points to another row (`target` is `table.id`)."""
    return Column(name, Id, ForeignKey(target), nullable=optional)


def moment(name: str, *, optional: bool = False) -> Column[datetime]:
    """Make a column that holds an instant."""
    return Column(name, Moment, nullable=optional)
