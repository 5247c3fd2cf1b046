"""Who is reached by words to many families, and who has to be called instead (C20)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, and_, func, select

from routing.types import ChildFlag, Consent, ContactKind
from store.chat import WEBCHAT
from store.db import AnyRow
from store.tables import caregivers, children, clinics, contacts, families


class Unreached(StrEnum):
    """Why words do not reach a family: somebody has to call it."""

    OPTED_OUT = "opted_out"
    NO_TEXTS = "no_texts"
    CHAT_ONLY = "chat_only"
    LANGUAGE = "language"  # nobody wrote the words in theirs
    NOBODY = "nobody"  # no address at all


@dataclass(frozen=True, slots=True)
class Reader:
    """One telephone that gets the words, in one language."""

    contact_id: int
    family_id: int
    language: str


@dataclass(frozen=True, slots=True)
class ToCall:
    """One family that the words do not reach, and why."""

    family_id: int
    name: str
    why: Unreached


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would get the words. `languages` counts families by the language they are answered in."""

    readers: tuple[Reader, ...]
    to_call: tuple[ToCall, ...]
    languages: Mapping[str, int]

    @property
    def reached(self) -> int:
        """Count the families that get a text."""
        return len({one.family_id for one in self.readers})


def audience(
    connection: Connection, clinic_id: int, flags: Collection[ChildFlag], written: Collection[str]
) -> Audience:
    """Find the families of children at home who have one of the conditions.

    Args:
        connection: a reading or writing one.
        clinic_id: whose families.
        flags: the conditions; one is enough.
        written: the languages in which there are words; with none, everybody's language counts.
    """
    wanted = _families(connection, clinic_id, flags)
    f, c = families.c, contacts.c
    rows = connection.execute(
        select(
            f.id.label("family_id"), f.name, c.id.label("contact_id"), c.channel, c.consent,
            c.unusable, func.coalesce(caregivers.c.language, c.language).label("language"),
        )
        .outerjoin(contacts, and_(c.family_id == f.id, c.clinic_id == clinic_id))
        .outerjoin(caregivers, caregivers.c.id == c.caregiver_id)
        .where(f.clinic_id == clinic_id, f.id.in_(wanted))
        .order_by(f.name, f.id, c.id)
    ).all()  # fmt: skip
    first = connection.execute(
        select(clinics.c.languages).where(clinics.c.id == clinic_id)
    ).scalar_one()[0]
    return _audience(rows, first, written)


def _families(
    connection: Connection, clinic_id: int, flags: Collection[ChildFlag]
) -> Collection[int]:
    k, wanted = children.c, {str(flag) for flag in flags}
    rows = connection.execute(
        select(k.family_id, k.flags)
        .join(families, families.c.id == k.family_id)
        .where(
            k.clinic_id == clinic_id, k.status == "active", families.c.kind == ContactKind.FAMILY
        )
    )
    return {row.family_id for row in rows if wanted & set(row.flags)}


def _audience(rows: Sequence[AnyRow], first: str, written: Collection[str]) -> Audience:
    readers: list[Reader] = []
    reasons: dict[int, list[Unreached]] = {}
    names: dict[int, str] = {}
    spoken: dict[int, str] = {}
    for row in rows:
        names[row.family_id] = row.name
        language = row.language or first
        why = _why_not(row)
        if why is None:
            spoken[row.family_id] = language
            words = _words_for(language, written) if written else language
            if words is None:
                why = Unreached.LANGUAGE
            else:
                readers.append(Reader(row.contact_id, row.family_id, words))
        if why is not None:
            reasons.setdefault(row.family_id, []).append(why)
    reached = {one.family_id for one in readers}
    return Audience(
        tuple(readers),
        tuple(
            ToCall(family_id, name, min(reasons[family_id], key=list(Unreached).index))
            for family_id, name in names.items()
            if family_id not in reached
        ),
        dict(Counter(spoken.values()).most_common()),
    )


def _why_not(row: AnyRow) -> Unreached | None:
    if row.contact_id is None:
        return Unreached.NOBODY
    if row.channel == WEBCHAT:
        return Unreached.CHAT_ONLY
    if row.consent == Consent.OPTED_OUT:
        return Unreached.OPTED_OUT
    return Unreached.NO_TEXTS if row.unusable is not None else None


def _words_for(language: str, written: Collection[str]) -> str | None:
    """Choose the words for a language: its own, or those of its base (`es` for `es-MX`)."""
    base = language.partition("-")[0]
    return next((tag for tag in (language, base) if tag in written), None)
