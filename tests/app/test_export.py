"""What leaves with an export, and what must not."""

from typing import Any

from sqlalchemy import Connection

from routing.types import Urgency
from store.db import Database
from store.tables import metadata
from store.upkeep.export import Export, export
from tests import factories


def _export(connection: Connection, key: str) -> tuple[list[dict[str, Any]], Export]:
    exported = export(connection, key)
    return list(exported.lines), exported


def test_an_export_holds_one_clinic_and_no_secret(database: Database) -> None:
    with database.write() as connection:
        maple = factories.clinic(connection)
        factories.staff_member(connection, maple, email="ana@maple.example")
        home = factories.household(connection, maple)
        episode = factories.episode(connection, maple, home.family_id, home.thread_id)
        factories.message(connection, maple, home.thread_id, episode, text="se acabó la fórmula")
        oak = factories.clinic(connection, key="oak")
        factories.household(connection, oak, name="Okafor", phone="+12125550131")
    with database.read() as connection:
        lines, _ = _export(connection, "maple")
    assert {line["table"] for line in lines} >= {"clinics", "families", "contacts", "messages"}
    assert "se acabó la fórmula" in str(lines)
    assert "Okafor" not in str(lines)
    assert "argon2" not in str(lines)
    assert not any("hash" in name for line in lines for name in line)


def test_violence_and_self_harm_stay_out_until_somebody_has_reviewed_them(
    database: Database,
) -> None:
    """C11: with everything that hangs on such an episode."""
    with database.write() as connection:
        maple = factories.clinic(connection)
        home = factories.household(connection, maple)
        episode = factories.episode(
            connection,
            maple,
            home.family_id,
            home.thread_id,
            urgency=Urgency.URGENT,
            hazard="violence",
        )
        message = factories.message(
            connection, maple, home.thread_id, episode, text="he hits us and he reads my phone"
        )
        factories.assessment(connection, maple, message)
        factories.alert(connection, maple, episode)
        attachment = factories.attachment(connection, maple, message)
    with database.read() as connection:
        lines, exported = _export(connection, "maple")
    assert exported.withheld == 1
    assert attachment
    assert {line["table"] for line in lines}.isdisjoint(
        {"episodes", "messages", "assessments", "alerts", "attachments"}
    )
    assert "hits" not in str(lines)


def test_every_table_of_a_clinic_is_exported_or_is_left_out_on_purpose() -> None:
    without_clinic = {t.name for t in metadata.sorted_tables if "clinic_id" not in t.c}
    assert without_clinic == {"clinics", "provider_reports"}
