"""Counts what happens, in words that tell nothing about anybody, for `/metrics`."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from locales.replies import Speaker
from routing.arrivals import Triage
from routing.events import Event, Inbound, Receipt
from routing.types import Lane, Urgency
from store.clock import Clock
from store.conduct import Conductor
from store.db import Database
from store.live import Live
from store.outcomes import Outcome, StoreUnavailable
from store.playbook import Playbook
from store.probes import SINK
from store.upkeep.checkup import Load, load


class Metrics:
    """The counters of one process, beside how much waits in the database at this moment."""

    def __init__(self, database: Database, clock: Clock) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._messages = Counter(
            "kinline_messages_in", "Messages of families, by what became of them.",
            ["result"], registry=self._registry,
        )  # fmt: skip
        self._reports = Counter(
            "kinline_delivery_reports", "What providers said about our messages.",
            ["source", "state"], registry=self._registry,
        )  # fmt: skip
        self._refusals = Counter(
            "kinline_webhook_refusals", "Requests that were refused, by code.",
            ["code"], registry=self._registry,
        )  # fmt: skip
        self._found = Counter(
            "kinline_messages_found", "Messages that Twilio held and had not told us of.",
            registry=self._registry,
        )  # fmt: skip
        self._registry.register(_Waiting(database, clock))

    def count_refusal(self, code: str) -> None:
        """Count one request that was not accepted."""
        self._refusals.labels(code=code).inc()

    def count_found(self, number: int) -> None:
        """Count messages that only asking brought in: more than none means a failing webhook."""
        self._found.inc(number)

    def count(self, event: Event, outcome: Outcome | None) -> None:
        """Count one event that was conducted, or was not (`outcome` None)."""
        match event:
            case Inbound(channel=channel) if channel == SINK:
                pass  # a test message is nobody's
            case Inbound():
                done = "repeated" if outcome and outcome.repeated else "kept"
                self._messages.labels(result=done if outcome else "not_kept").inc()
            case Receipt():
                self._reports.labels(source=event.source.value, state=event.state.value).inc()
            case _:
                pass

    def text(self) -> bytes:
        """Write everything in the exposition format of Prometheus."""
        return generate_latest(self._registry)


class CountingConductor(Conductor):
    """The conductor, and a count of what it does.

    Args:
        metrics: where the counts go; the rest is as for any conductor.
    """

    def __init__(
        self,
        metrics: Metrics,
        database: Database,
        live: Live,
        playbook: Playbook,
        triage: Triage,
        speaker: Speaker,
        public_url: str | None,
        second_readers: Sequence[str] = (),
    ) -> None:
        super().__init__(database, live, playbook, triage, speaker, public_url, second_readers)
        self._metrics = metrics

    def conduct(self, events: Sequence[Event], now: datetime) -> list[Outcome]:
        """Let events happen in one transaction; see `Conductor.conduct`."""
        try:
            outcomes = super().conduct(events, now)
        except Exception:
            if len(events) == 1:  # a batch that fails comes again, one by one
                self._metrics.count(events[0], None)
            raise
        for event, outcome in zip(events, outcomes, strict=True):
            self._metrics.count(event, outcome)
        return outcomes


class _Waiting(Collector):
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def collect(self) -> Sequence[GaugeMetricFamily]:
        """Ask the database at the moment of the scrape; say nothing while it does not answer."""
        try:
            with self._database.read() as connection:
                now = load(connection, self._clock())
        except StoreUnavailable:
            return ()
        return tuple(_families(now))

    def describe(self) -> Sequence[GaugeMetricFamily]:
        """Name the metrics without asking the database."""
        return tuple(_families(Load({}, {}, 0.0)))


def _families(now: Load) -> tuple[GaugeMetricFamily, ...]:
    episodes = GaugeMetricFamily(
        "kinline_open_episodes", "Episodes that are not resolved.", labels=["urgency"]
    )
    for urgency in Urgency:
        episodes.add_metric([urgency.word], now.open_episodes.get(urgency, 0))
    waiting = GaugeMetricFamily(
        "kinline_deliveries_due", "Messages that wait to be brought.", labels=["lane"]
    )
    for lane in Lane:
        waiting.add_metric([lane.name.lower()], now.due_deliveries.get(lane, 0))
    oldest = GaugeMetricFamily(
        "kinline_oldest_due_seconds",
        "For how long the oldest of them is due.",
        value=now.oldest_due_seconds,
    )
    return episodes, waiting, oldest
