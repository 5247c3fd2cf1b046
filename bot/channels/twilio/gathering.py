"""Takes in what Twilio holds for our numbers and never told us (I-03).

A webhook that fails is tried for a minute and then forgotten (FACTS A2): the family's words stay in
Twilio's records. So each number's records are read again and again, and what is not here comes in:
texts, and calls that reached nobody (`lost_calls.py`).
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.channels.twilio import lost_calls
from bot.channels.twilio.clients import Accounts, Clients
from bot.channels.twilio.reading import CHANNEL, PROVIDER
from bot.intake import Conducting
from routing.events import Inbound, Media
from store import gathering
from store.clock import Clock
from store.db import Database
from store.outcomes import StoreUnavailable

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=60)  # so long a webhook may still be on its way, tried five times
OVERLAP = timedelta(minutes=10)  # records may be listed late, and clocks differ
PAGE = 1_000
UNKNOWN_TYPE = "application/octet-stream"

Found = tuple[datetime, str, Callable[[], Inbound]]
"""When it was written, its id, and what makes the message of it."""


class Gathering:
    """Reads the records of one number after the other.

    Args:
        database: where it stands up to when each number was heard.
        conductor: keeps what is found.
        clock: the present moment.
        api_url: where Twilio's API answers, as in `Settings.twilio_api_url`.
        accounts: finds an account by its SID.
        own_account: the SID of the installation's account, for clinics without their own.
        count: told how many messages were found.
    """

    def __init__(
        self,
        database: Database,
        conductor: Conducting,
        clock: Clock,
        *,
        api_url: str,
        accounts: Accounts,
        own_account: str = "",
        count: Callable[[int], None] = lambda _number: None,
    ) -> None:
        self._database = database
        self._conductor = conductor
        self._clock = clock
        self._api_url = api_url
        self._clients = Clients(api_url, accounts, own_account)
        self._count = count

    def run_once(self) -> int:
        """Read the records of at most one number that is due; tell how many were read.

        Raises:
            StoreUnavailable: the database is away; the number comes again after its lease.
        """
        now = self._clock()
        with self._database.read() as connection:
            if not gathering.is_due(connection, now):
                return 0
        with self._database.write() as connection:
            line = gathering.claim_due(connection, now)
        if line is None:
            return 0
        until = now - GRACE
        try:
            missed = (*self._missed(line, until), *self._lost_calls(line, until))
            in_order = sorted(missed, key=lambda found: found[:2])
            taken = [self._is_taken(line, make) for _, _, make in in_order]
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  whatever Twilio answered, it is asked again
            # The words of an error may hold a telephone number; only its kind is written (I-24).
            log.warning("gathering.not_heard", clinic=line.clinic_id, kind=type(error).__name__)
            taken = [False]
        with self._database.write() as connection:
            if all(taken):
                gathering.heard(connection, line, max(until, line.since), self._clock())
            else:
                gathering.not_heard(connection, line, self._clock())
        return 1

    def close(self) -> None:
        """Give the kept connections back."""
        self._clients.close()

    def _missed(self, line: gathering.Line, until: datetime) -> list[Found]:
        """List what a family wrote and is not here."""
        client = self._clients.of(line.account_sid)
        if client is None:
            raise LookupError("no account")
        # All of them: with a limit the oldest would be passed over and never asked for again.
        listed = client.messages.stream(
            to=line.number, date_sent_after=line.since - OVERLAP, page_size=PAGE
        )
        theirs = {
            str(one.sid): one
            for one in listed
            if one.direction == "inbound" and line.since - OVERLAP <= one.date_created <= until
        }
        with self._database.read() as connection:
            here = {
                sid
                for account in {str(one.account_sid) for one in theirs.values()}
                for sid in gathering.known(connection, PROVIDER, account, list(theirs))
            }
        return [
            (one.date_created, sid, partial(self._inbound, line, one))
            for sid, one in theirs.items()
            if sid not in here
        ]

    def _lost_calls(self, line: gathering.Line, until: datetime) -> list[Found]:
        """List the calls that reached nobody and are not here."""
        client = self._clients.of(line.account_sid)
        if client is None:
            return []
        ended = lost_calls.ended(client, line, line.since - OVERLAP, until)
        with self._database.read() as connection:
            known = {
                account: gathering.known_calls(connection, PROVIDER, account, list(ended))
                for account in {str(one.account_sid) for one in ended.values()}
            }
        return [
            (lost_calls.began(one), sid, partial(lost_calls.inbound, one))
            for sid, one in ended.items()
            if lost_calls.is_lost(client, one, known[str(one.account_sid)])
        ]

    def _is_taken(self, line: gathering.Line, make: Callable[[], Inbound]) -> bool:
        """Take one message in; one that cannot be kept holds up no other and comes again."""
        try:
            self._conductor.conduct([make()], self._clock())
        except StoreUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  the others must still come in
            kind = type(error).__name__  # its words and its traceback may hold a family's (I-24)
            log.warning("gathering.not_taken", clinic=line.clinic_id, kind=kind)
            return False
        log.warning("gathering.found", clinic=line.clinic_id)
        self._count(1)
        return True

    def _inbound(self, line: gathering.Line, listed: Any) -> Inbound:
        shown = {
            "MessageSid": listed.sid, "AccountSid": listed.account_sid, "From": listed.from_,
            "To": listed.to, "Body": listed.body or "", "NumMedia": listed.num_media,
            "DateCreated": listed.date_created.isoformat(),
        }  # fmt: skip
        return Inbound(
            provider=PROVIDER,
            account=str(listed.account_sid),
            provider_id=str(listed.sid),
            channel=CHANNEL,
            sender=str(listed.from_),
            recipient=str(listed.to),
            text=listed.body or "",
            raw=json.dumps(shown, ensure_ascii=False).encode("utf-8", "surrogatepass"),
            media=self._media(line, listed),
            takes_answer=False,
            written_at=listed.date_created,
        )

    def _media(self, line: gathering.Line, listed: Any) -> tuple[Media, ...]:
        """Name the pictures; where that fails they are shown as not fetched, the words count."""
        number = int(listed.num_media or 0)
        if not number:
            return ()
        account = f"{self._api_url}/2010-04-01/Accounts/{listed.account_sid}"
        folder = f"{account}/Messages/{listed.sid}/Media"
        client = self._clients.of(line.account_sid)
        try:
            found = client.messages(listed.sid).media.list(limit=number) if client else []
        except Exception as error:  # noqa: BLE001  the family's words matter more
            log.warning("gathering.no_pictures", clinic=line.clinic_id, kind=type(error).__name__)
            found = []
        named = tuple(Media(f"{folder}/{one.sid}", str(one.content_type)) for one in found)
        return named or (Media(folder, UNKNOWN_TYPE),) * number
