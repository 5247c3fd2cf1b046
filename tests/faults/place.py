"""The clinic that things happen to; it is always open."""

from datetime import UTC, datetime

from tests.journeys.clinics import Clinic, households

NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
MAPLE = Clinic(
    key="maple",
    name="Maple Complex Care",
    number="+13125550111",
    on_call_phone="+13125550100",
    ana="+13125550121",
    nils="+13125550122",
    households=households("13125552000", 20),
)
ROSA, OTHER = (household.phone for household in MAPLE.households[:2])
RECEIVED = "A person will answer"
