"""Puts the rooms together: one `Kinline` of settings and a clock, for serve, demo and tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial

from starlette.types import ASGIApp

from admin.calendar_file import LARGEST, Unreadable
from admin.calendars import days_of
from admin.desk import Preview
from app import engine, pushing, readers, web
from app.accounts import Accounts
from app.auditor import Auditor
from app.metrics import CountingConductor, Metrics
from app.prober import Prober
from bot.broadcasting import Broadcasting
from bot.calendars import Calendars, NotRead
from bot.channels.apprising import Services
from bot.channels.channel import Channel
from bot.channels.mail import Mail
from bot.channels.sink import Sink
from bot.channels.twilio.calls import TwilioCalls
from bot.channels.twilio.client import TwilioSms, media_source
from bot.channels.twilio.gathering import Gathering
from bot.channels.twilio.webhooks import TwilioPorts
from bot.channels.webchat import WebChat
from bot.download import Source
from bot.intake import Intake
from bot.media import Attachments
from bot.redating import Redating
from bot.rereading import Rereading
from bot.sending import Sender
from bot.webchat.ports import ChatPorts
from locales import catalogs
from locales.replies import Speaker
from routing.arrivals import Triage
from routing.situation import ClinicView
from routing.types import Note, is_danger
from store import alert_calls, voice
from store.clock import Clock
from store.conduct import Conductor
from store.db import Database
from store.live import Live
from store.playbook import Playbook
from store.settings import Settings

POSTGRESQL_INTAKE_THREADS = 3
ANYWHERE = Source("", (), (), lambda _: None, is_anywhere=True, most_bytes=LARGEST)
STOP_SECONDS = 8.0  # F-23: a process that is told to stop is gone within 10 seconds


class Role(StrEnum):
    """What one process does."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"

    @property
    def takes(self) -> bool:
        """Tell whether it takes messages in and shows pages."""
        return self is not Role.WORKER

    @property
    def sends(self) -> bool:
        """Tell whether it brings messages out and wakes what is due."""
        return self is not Role.WEB


@dataclass(frozen=True, slots=True)
class Kinline:
    """Everything of one process. `web` is None where the role takes nothing in."""

    settings: Settings
    clock: Clock
    role: Role
    database: Database
    live: Live
    playbook: Playbook
    conductor: Conductor
    intake: Intake
    worker: Sender
    auditor: Auditor
    prober: Prober
    metrics: Metrics
    web: ASGIApp

    def start(self) -> None:
        """Begin to take and to send, as the role says."""
        if self.role.takes:
            self.intake.start()
            self.prober.start()
        if self.role.sends:
            self.worker.start()
            self.auditor.start()

    def stop(self) -> bool:
        """Finish what was begun and give everything back; False if that took too long."""
        if self.role.takes:
            self.prober.stop(STOP_SECONDS / 8)
            self.intake.stop(STOP_SECONDS / 2)
        is_done = self.worker.stop(STOP_SECONDS / 2) if self.role.sends else True
        self.auditor.stop(STOP_SECONDS / 8)
        self.live.close()
        self.database.close()
        return is_done


def compose(
    settings: Settings,
    clock: Clock,
    *,
    role: Role = Role.ALL,
    channels: Mapping[str, Channel] | None = None,
) -> Kinline:
    """Make a Kinline on a database that has its tables; nothing runs before `start()`.

    Args:
        settings: as read from the environment, or made by a test.
        clock: the present moment.
        role: what this process does.
        channels: how messages leave, by name; None for Twilio.
    """
    database = Database(settings.database_url)
    live = Live(settings.redis_url)
    metrics = Metrics(database, clock)
    playbook = Playbook(database, settings.twilio_accounts())
    accounts = Accounts(settings.twilio_accounts(), playbook.account, clock)
    speaker = Speaker(catalogs.load())
    judge = engine.packaged_engine()
    triage = judge.assess
    again = readers.second_readers(settings) if role.sends else {}
    conductor = CountingConductor(
        metrics,
        database,
        live,
        playbook,
        triage,
        speaker,
        settings.public_url,
        settings.second_readers,
    )
    threads = 1 if database.is_sqlite else POSTGRESQL_INTAKE_THREADS
    intake = Intake(conductor, clock, threads=threads)
    twilio = TwilioSms(
        settings.twilio_api_url,
        accounts.find,
        settings.public_url,
        own_account=settings.twilio_account_sid or "",
    )
    calls = TwilioCalls(
        settings.twilio_api_url,
        accounts.find,
        settings.public_url,
        own_account=settings.twilio_account_sid or "",
    )
    found = Gathering(
        database,
        conductor,
        clock,
        api_url=settings.twilio_api_url,
        accounts=accounts.find,
        own_account=settings.twilio_account_sid or "",
        count=metrics.count_found,
    )
    worker = Sender(
        database,
        conductor,
        _with_chat(_ours(settings, database, twilio, calls) if channels is None else channels),
        clock,
        live,
        attachments=Attachments(
            database, live, clock, media_source(settings.twilio_api_url, accounts.find)
        ),
        rereading=Rereading(database, playbook, conductor, clock, again, judge.measures),
        beside={
            "redating": Redating(database, clock).run_once,
            "calendars": Calendars(database, clock, ANYWHERE, _closed_days).run_once,
            "broadcasts": Broadcasting(database, conductor, clock).run_once,
            **({"gathering": found.run_once} if channels is None else {}),
        },
    )
    auditor = Auditor.of(settings, clock)
    ports = TwilioPorts(
        public_url=settings.public_url,
        account=accounts.find,
        submit=intake.submit,
        voice=_voice(database, clock),
        speaker=speaker,
        call=_call(database),
        count_refusal=metrics.count_refusal,
    )
    chat = ChatPorts(
        database=database,
        playbook=playbook,
        live=live,
        clock=clock,
        speaker=speaker,
        submit=intake.submit,
        is_danger=partial(_is_danger, triage),
        public_url=settings.public_url,
    )
    pages = web.build(
        web.WebPorts(
            ports,
            chat,
            database,
            live,
            Preview(playbook, triage, speaker),
            conductor,
            clock,
            settings.public_url,
            intake,
            metrics,
            auditor,
            pushing.set_up(settings),
        )
    )
    return Kinline(
        settings, clock, role, database, live, playbook, conductor, intake, worker, auditor,
        Prober(database, intake.enqueue, clock), metrics, pages,
    )  # fmt: skip


def _closed_days(content: bytes, first: date, last: date) -> Sequence[tuple[date, str]]:
    try:
        return days_of(content, first, last)
    except Unreadable as problem:
        raise NotRead(problem.kind) from None


def _ours(settings: Settings, database: Database, *channels: Channel) -> Mapping[str, Channel]:
    """Name the channels by which words leave; mail and pushes only where they are set up."""
    url = settings.smtp_url.get_secret_value() if settings.smtp_url else ""
    mail = (Mail(url, settings.mail_from),) if url and settings.mail_from else ()
    pushes = pushing.channel(settings, database)
    ours = (*channels, *mail, Services(), *([pushes] if pushes else ()))
    return {channel.name: channel for channel in ours}


def _with_chat(channels: Mapping[str, Channel]) -> Mapping[str, Channel]:
    """Add what needs no provider, unless a test has put something in its place."""
    chat, sink = WebChat(), Sink()
    return {chat.name: chat, sink.name: sink, **channels}


def _is_danger(triage: Triage, clinic: ClinicView, text: str) -> bool:
    """Judge the first words of somebody unknown as if for any child of the clinic (C8)."""
    judged = (triage(Note(text, flags)) for flags in (clinic.flags_cared_for, frozenset()))
    return any(is_danger(assessment.urgency, assessment.hazard) for assessment in judged)


def _call(database: Database) -> Callable[[str], alert_calls.AlertCall]:
    def call(ref: str) -> alert_calls.AlertCall:
        with database.read() as connection:
            return alert_calls.call_of(connection, ref)

    return call


def _voice(database: Database, clock: Clock) -> web.VoiceOf:
    def plan(number: str) -> voice.VoicePlan:
        with database.read() as connection:
            return voice.plan(connection, number, clock())

    return plan
