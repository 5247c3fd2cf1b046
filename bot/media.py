"""Brings in the pictures and recordings that messages announced; the text never waits for them."""

from datetime import timedelta

import structlog

from bot.download import NotFetched, Source, Why, download
from bot.kinds import kind_of
from store import attachments
from store.attachments import Announced
from store.clock import Clock
from store.db import Database
from store.live import Live

log = structlog.get_logger(__name__)

LEASE_SECONDS = 60.0  # three times what one download may take
PAUSES = (timedelta(seconds=3), timedelta(minutes=1))  # before the second and the third try
MOST_TRIES = len(PAUSES) + 1


class Attachments:
    """Fetches what is announced and due.

    Args:
        database: where attachments are recorded and kept.
        live: tells open screens that a picture has come.
        clock: the present moment.
        source: where attachments may come from.
    """

    def __init__(self, database: Database, live: Live, clock: Clock, source: Source) -> None:
        self._database = database
        self._live = live
        self._clock = clock
        self._source = source

    def run_once(self) -> int:
        """Fetch at most one attachment that is due; tell how many were worked on.

        Raises:
            StoreUnavailable: the database is away; the attachment comes again after its lease.
        """
        with self._database.write() as connection:
            claimed = attachments.claim_due(
                connection, self._clock(), limit=1, lease_seconds=LEASE_SECONDS
            )
        for one in claimed:
            self._bring(one)
        return len(claimed)

    def _bring(self, one: Announced) -> None:
        if one.tries > MOST_TRIES:
            self._not_fetched(one, Why.FAILED)
            return
        try:
            content = download(one.url, one.account, self._source)
        except NotFetched as error:
            self._not_fetched(one, error.why)
            return
        kind = kind_of(content, one.content_type)
        if kind is None:
            self._not_fetched(one, Why.TYPE)
            return
        with self._database.write() as connection:
            attachments.keep(connection, one, kind, content)
        self._live.announce([one.change])

    def _not_fetched(self, one: Announced, why: Why) -> None:
        log.warning("media.not_fetched", why=why.value, tries=one.tries, clinic=one.clinic_id,
                    attachment=one.attachment_id)  # fmt: skip
        if why.can_retry and one.tries < MOST_TRIES:
            due_at = self._clock() + PAUSES[one.tries - 1]
            with self._database.write() as connection:
                attachments.try_again(connection, one, why.value, due_at)
            return
        with self._database.write() as connection:
            attachments.give_up(connection, one, why.value)
        self._live.announce([one.change])
