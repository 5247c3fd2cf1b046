"""What administrators have set, read once and again when it changes: clinics, staff, numbers."""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, func, select

from routing.hours import week_of
from routing.situation import ClinicView, Service, StaffView
from routing.types import Automation, ChildFlag, StaffChannel
from store import browsers
from store.chat import number_of
from store.db import Database
from store.duty import absences_of, backups_of, rosters_of
from store.ladders import ladder_of
from store.probes import hidden
from store.schedules import schedules
from store.settings import TwilioAccount, clinic_account
from store.tables import children, clinic_numbers, clinics, on_call, staff
from store.wordings import own_words


@dataclass(frozen=True, slots=True)
class Book:
    """Every clinic of the installation at one revision."""

    by_id: Mapping[int, ClinicView]
    by_number: Mapping[str, int]
    system_id: int
    revision: int

    def clinic_for(self, number: str, account: str) -> ClinicView:
        """Find whose number it is; the system clinic for a number that nobody has (I-06).

        A number answers only to its own account: whoever holds another clinic's token must not
        be able to speak into this one.
        """
        clinic = self.at(number) or self.by_id[self.system_id]
        # What comes through a web chat of this installation comes through no provider's account.
        is_chat = number == number_of(clinic.key) and not account
        is_theirs = is_chat or self.is_account_of(clinic, account)
        return clinic if is_theirs else self.by_id[self.system_id]

    def at(self, number: str) -> ClinicView | None:
        """Find the clinic that has this number, or whose web chat this is."""
        clinic_id = self.by_number.get(number)
        return None if clinic_id is None else self.by_id[clinic_id]

    def is_account_of(self, clinic: ClinicView, account: str) -> bool:
        """Tell whether a provider's account may speak for this clinic."""
        if clinic.account_sid:
            return clinic.account_sid == account
        return all(other.account_sid != account for other in self.by_id.values() if account)

    def staff_phone(self, clinic: ClinicView, address: str) -> StaffView | None:
        """Find the member of staff whose telephone this is (C19)."""
        return next((s for s in clinic.staff if s.phone == address), None)


class Playbook:
    """Reads the book again whenever a clinic's revision has counted up."""

    def __init__(
        self,
        database: Database,
        accounts: Mapping[str, TwilioAccount] = MappingProxyType({}),
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._environment = environment
        self._book: Book | None = None
        self._guard = threading.Lock()

    def current(self, connection: Connection) -> Book:
        """Give the book as this transaction sees it."""
        count, total = connection.execute(
            select(func.count(), func.coalesce(func.sum(clinics.c.revision), 0))
        ).one()
        # Revisions only count up and clinics are never deleted, so the sum names the state.
        revision = int(total) * 1000 + int(count)
        book = self._book
        if book is None or book.revision != revision:
            book = _read(connection, revision)
            with self._guard:
                self._book = book
        return book

    def account(self, sid: str) -> TwilioAccount | None:
        """Find a configured account by its SID: the installation's or a clinic's own."""
        if sid in self._accounts:
            return self._accounts[sid]
        with self._database.read() as connection:
            book = self.current(connection)
        for clinic in book.by_id.values():
            if clinic.account_sid == sid and clinic.token_env:
                return clinic_account(sid, clinic.token_env, self._environment)
        return None


def _read(connection: Connection, revision: int) -> Book:
    people = _staff(connection)
    duty: dict[int, list[StaffView]] = {}
    by_id = {person.id: person for persons in people.values() for person in persons}
    for row in connection.execute(select(on_call).order_by(on_call.c.position)):
        if row.staff_id in by_id:
            duty.setdefault(row.clinic_id, []).append(by_id[row.staff_id])
    hours = schedules(connection)
    away, backups = absences_of(connection), backups_of(connection)
    rosters = rosters_of(connection, {key: one.timezone for key, one in hours.items()})
    own = own_words(connection)
    numbers = {row.number: row.clinic_id for row in connection.execute(select(clinic_numbers))}
    flags = _flags(connection)
    views: dict[int, ClinicView] = {}
    system = 0
    companions = set(connection.execute(hidden()).scalars())
    for row in connection.execute(select(clinics)):
        views[row.id] = ClinicView(
            id=row.id,
            key=row.key,
            name=row.name,
            country=row.country,
            languages=tuple(row.languages),
            template_policy=row.template_policy,
            emergency_number=row.emergency_number,
            on_call_phone=row.on_call_phone,
            automation=Automation(row.automation),
            opt_out=row.opt_out,
            is_system=row.is_system,
            schedule=hours[row.id],
            on_call=tuple(duty.get(row.id, ())),
            staff=people.get(row.id, ()),
            flags_cared_for=flags.get(row.id, frozenset()),
            numbers=tuple(number for number, clinic in numbers.items() if clinic == row.id),
            alert_number=row.alert_number,
            office_phone=row.office_phone,
            interpreter_phone=row.interpreter_phone,
            account_sid=row.twilio_account_sid,
            token_env=row.twilio_token_env,
            messaging_service_sid=row.messaging_service_sid,
            rosters=rosters.get(row.id, ()),
            absences=away.get(row.id, ()),
            backups=backups.get(row.id, {}),
            own_words=own.get(row.id, {}),
            chat_sites=tuple(row.chat_sites or ()),
            alert_channels=frozenset(StaffChannel(one) for one in row.alert_channels or ()),
            services=tuple(Service(**one) for one in row.alert_services or ()),
            ladder=ladder_of(row.ladder),
        )
        system = row.id if row.is_system else system
    # Staff answer to the number that told them (I-12).
    alerting = {v.alert_number: v.id for v in views.values() if v.alert_number}
    chats = {
        number_of(view.key): view.id
        for view in views.values()
        if not view.is_system and view.id not in companions
    }
    return Book(views, alerting | numbers | chats, system, revision)


def _staff(connection: Connection) -> dict[int, tuple[StaffView, ...]]:
    people: dict[int, tuple[StaffView, ...]] = {}
    pushed_to = browsers.names_of(connection)
    for row in connection.execute(select(staff).where(staff.c.active).order_by(staff.c.id)):
        person = StaffView(
            row.id,
            row.name,
            row.phone,
            frozenset(row.roles),
            tuple(row.languages),
            row.email,
            week_of(row.hours) if row.hours else None,
            pushed_to.get(row.id, ()),
        )
        people[row.clinic_id] = (*people.get(row.clinic_id, ()), person)
    return people


def _flags(connection: Connection) -> dict[int, frozenset[ChildFlag]]:
    found: dict[int, frozenset[ChildFlag]] = {}
    for row in connection.execute(select(children.c.clinic_id, children.c.flags)):
        flags = frozenset(ChildFlag(flag) for flag in row.flags)
        found[row.clinic_id] = found.get(row.clinic_id, frozenset()) | flags
    return found
