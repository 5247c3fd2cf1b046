"""The commands that open the database, do one thing and end: apply, inbox, invite and more."""

import argparse
import json
from pathlib import Path

from app import opening
from app.terminal import Refused, complain, say
from store import schema
from store.apply import WrongFile, apply
from store.clock import system_clock
from store.copying import CannotCopy
from store.db import Database
from store.inbox.open_episodes import open_episodes
from store.outcomes import StoreUnavailable
from store.people import INVITED_FOR, new_invitation
from store.schema import SchemaState, WrongSchema
from store.settings import Settings
from store.staffing import invite_from_here
from store.upkeep.export import NoSuchClinic, export, is_there


def run(wanted: argparse.Namespace) -> int:
    """Run the command that `wanted.command` names; `Refused` where that is impossible."""
    settings = opening.settings()
    match wanted.command:
        case "apply":
            return _apply(settings, Path(wanted.file))
        case "inbox":
            return _inbox(settings, wanted.clinic)
        case "migrate":
            return _migrate(settings)
        case "invite":
            return _invite(settings, wanted.email)
        case _:
            return _export(settings, wanted.clinic)


def _apply(settings: Settings, file: Path) -> int:
    with opening.prepared(settings) as database:
        try:
            applied = apply(database, file, system_clock())
        except WrongFile as error:
            raise Refused(*error.faults) from None
    say(*applied.changes or ("nothing changed",))
    for invitation in applied.invitations:
        say(_where_to_set_a_password(settings, invitation.email, invitation.token))
    return 0


def _invite(settings: Settings, email: str) -> int:
    token, kept = new_invitation()
    with opening.current(settings) as database, database.write() as connection:
        is_there = invite_from_here(connection, email, kept, system_clock())
    if not is_there:
        raise Refused(f"Nobody who works here has the address {email}.")
    say(_where_to_set_a_password(settings, email, token))
    return 0


def _where_to_set_a_password(settings: Settings, email: str, token: str) -> str:
    address = settings.public_url or "http://127.0.0.1:8000"
    return (
        f"{email} sets a password here, once, within {INVITED_FOR.days} days: "
        f"{address}/invite/{token}"
    )


def _inbox(settings: Settings, clinic: str | None) -> int:
    with opening.current(settings) as database, database.read() as connection:
        if clinic is not None and not is_there(connection, clinic):
            raise Refused(_nobody(clinic))
        for episode in open_episodes(connection, clinic):
            say(json.dumps(episode, ensure_ascii=False))
    return 0


def _nobody(clinic: str) -> str:
    return f"There is no clinic with the key '{clinic}'."


def _migrate(settings: Settings) -> int:
    database = Database(settings.database_url)
    try:
        before = schema.state(database)
        copy = schema.upgrade(database)
    except (WrongSchema, CannotCopy) as error:
        raise Refused(str(error)) from None
    except StoreUnavailable as error:
        raise Refused(f"KINLINE_DATABASE_URL: the database does not answer ({error}).") from None
    finally:
        database.close()
    if copy:
        say(f"As it was before, the database is in {copy}.")
    is_done = before is SchemaState.CURRENT
    say("The database is up to date already." if is_done else "The database is up to date now.")
    return 0


def _export(settings: Settings, clinic: str) -> int:
    with opening.current(settings) as database, database.read() as connection:
        try:
            exported = export(connection, clinic)
        except NoSuchClinic:
            raise Refused(_nobody(clinic)) from None
        for line in exported.lines:
            say(json.dumps(line, ensure_ascii=False))
    if exported.withheld:
        complain(
            f"{exported.withheld} episodes about violence or self-harm are not in this export. "
            "They need a privacy review first."
        )
    return 0
