"""`kinline doctor`: looks at a real set-up and says what is right and what to fix."""

import os
from collections.abc import Iterator

from app import readers
from app.clinic_checks import check_clinic
from app.findings import Finding, Level, fine, fix, warn
from app.terminal import say
from app.ways_checks import check_ways
from bot.channels.twilio import checkup as twilio
from locales import catalogs
from store import readings, schema
from store.clock import system_clock
from store.db import Database
from store.outcomes import StoreUnavailable
from store.schema import SchemaState
from store.settings import Settings, TwilioAccount, WrongSettings, clinic_account
from store.upkeep import checkup

# What must hold so that a commit that was confirmed is still there after a power cut (I-02).
DURABLE = {
    "journal_mode": ("wal",),
    "synchronous": ("2", "3"),
    "foreign_keys": ("1",),
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply", "remote_write"),
}
TABLES = {
    SchemaState.EMPTY: "Run: kinline apply FILE.toml",
    SchemaState.OLDER: "Make a backup, then run: kinline migrate",
    SchemaState.NEWER: "Install the version of Kinline that made them, or a later one.",
}


def run(*, online: bool) -> int:
    """Check everything that can be checked from here.

    Returns:
        1 when something must be fixed, else 0.
    """
    worst = Level.OK
    for finding in _all(online=online):
        say(finding.say())
        worst = Level.FIX if Level.FIX in {worst, finding.level} else worst
    return 1 if worst is Level.FIX else 0


def _all(*, online: bool) -> Iterator[Finding]:
    try:
        settings = Settings.read()
    except WrongSettings as error:
        yield from (fix(fault, "Nothing else was checked.") for fault in error.faults)
        return
    yield from _settings(settings)
    if settings.redis_url:
        yield _redis(settings.redis_url)
    yield from _twilio(settings, online=online)
    database = Database(settings.database_url, connections=1)
    try:
        yield from _database(database, settings, online=online)
    except StoreUnavailable as error:
        yield fix("KINLINE_DATABASE_URL: the database does not answer", f"({error}).")
    finally:
        database.close()


def _settings(settings: Settings) -> Iterator[Finding]:
    lacking = settings.needed_for_texting()
    yield from (fix(fault, "Set it before kinline serve.") for fault in lacking)
    if not lacking:
        yield fine("All settings for texting are there.")
    address = settings.public_url
    if address and not address.startswith("https://"):
        yield fix(f"KINLINE_PUBLIC_URL is {address}.", "Use https: texts of families pass here.")


def _redis(url: str) -> Finding:
    if checkup.redis_answers(url):
        return fine("KINLINE_REDIS_URL: Redis answers.")
    return warn(
        "KINLINE_REDIS_URL: Redis does not answer.",
        "Nothing is lost, but screens and workers of other processes hear news a second late.",
    )


def _twilio(settings: Settings, *, online: bool) -> Iterator[Finding]:
    address = settings.public_url or "https://YOUR-ADDRESS"
    yield fine(
        "In Twilio's console a message that comes in goes to "
        f"{address}/twilio/inbound#rc=5&rp=all (five tries, on any failure), the fallback to "
        f"{address}/twilio/fallback, a call to {address}/twilio/voice; all by HTTP POST."
    )
    for account in settings.twilio_accounts().values() if online else ():
        yield _account(settings, account)


def _account(settings: Settings, account: TwilioAccount) -> Finding:
    trouble = twilio.trouble(settings.twilio_api_url, account)
    if trouble:
        return fix(f"Account {account.sid}:", trouble)
    return fine(f"Account {account.sid}: Twilio lets us in.")


def _database(database: Database, settings: Settings, *, online: bool) -> Iterator[Finding]:
    tables = schema.state(database)
    if tables is not SchemaState.CURRENT:
        yield fix(f"The tables of the database are {tables.value}.", TABLES[tables])
        return
    with database.read() as connection:
        durability = checkup.durability(connection)
        clinics = checkup.clinics(connection, system_clock())
        reread = readings.results(connection, system_clock() - readers.COUNTED)
    yield fine("The database answers and has the tables of this version.")
    for name, value in durability.items():
        if value in DURABLE[name]:
            yield fine(f"Database: {name} is {value}.")
        else:
            wanted = DURABLE[name][0]
            yield fix(
                f"Database: {name} is {value}.",
                f"Set it to {wanted}: a message that was accepted could be lost in a power cut.",
            )
    yield from readers.check(settings, reread, online=online)
    if not clinics:
        yield fix("There is no clinic yet.", "Run: kinline apply FILE.toml")
    words = catalogs.load()
    for clinic in clinics:
        yield from check_clinic(clinic, words)
        yield from check_ways(clinic, settings, os.environ)
        if clinic.account_sid and clinic.token_env:
            own = clinic_account(clinic.account_sid, clinic.token_env, os.environ)
            if own is None:
                yield fix(
                    f"{clinic.key}: the variable {clinic.token_env} is not set.",
                    "It holds the auth token of the clinic's own account.",
                )
            elif online:
                yield _account(settings, own)
