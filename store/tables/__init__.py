"""The tables, one file per noun; every row of a family or of staff belongs to one clinic."""

from store.tables.alerts import alerts, follow_ups, promises, timers
from store.tables.broadcasts import broadcast_recipients, broadcasts
from store.tables.clinics import (
    calendars,
    clinic_numbers,
    clinics,
    closings,
    closures,
    on_call,
    rotation_overrides,
    rotations,
)
from store.tables.column import metadata
from store.tables.deliveries import attempts, deliveries, provider_reports
from store.tables.people import baselines, caregivers, children, consents, contacts, families
from store.tables.readings import second_readings
from store.tables.staff import absences, after_hours, audit_events, browsers, sessions, staff
from store.tables.threads import (
    assessments,
    attachment_contents,
    attachments,
    decisions,
    episodes,
    messages,
    threads,
)
from store.tables.wordings import wordings

__all__ = [
    "absences",
    "after_hours",
    "alerts",
    "assessments",
    "attachment_contents",
    "attachments",
    "attempts",
    "audit_events",
    "baselines",
    "broadcast_recipients",
    "broadcasts",
    "browsers",
    "calendars",
    "caregivers",
    "children",
    "clinic_numbers",
    "clinics",
    "closings",
    "closures",
    "consents",
    "contacts",
    "decisions",
    "deliveries",
    "episodes",
    "families",
    "follow_ups",
    "messages",
    "metadata",
    "on_call",
    "promises",
    "provider_reports",
    "rotation_overrides",
    "rotations",
    "second_readings",
    "sessions",
    "staff",
    "threads",
    "timers",
    "wordings",
]
