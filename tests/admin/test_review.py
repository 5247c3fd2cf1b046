"""The time line of an alert on the page of its episode, and as a file for a review."""

import csv
import io
from datetime import timedelta

import pytest

from admin.review import COLUMNS, guarded
from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import elements, shown
from tests.factories import NOW


def _alerted(desk: Desk, **staff: str) -> int:
    """Tell Nils of an emergency by text and by call, and Ana in vain."""
    episode_id = desk.episode("mi hijo no puede respirar", Urgency.EMERGENCY)
    with desk.database.write() as connection:
        if staff:
            connection.execute(
                tables.staff.update().where(tables.staff.c.id == desk.nils_id).values(staff)
            )
        factories.alert(connection, desk.clinic_id, episode_id)
        for who, columns in (
            (desk.nils_id, {"state": "sent"}),
            (desk.nils_id, {"state": "delivered", "channel": "call", "attempts": 2}),
            (desk.ana_id, {"state": "failed", "error": 30005}),
            (None, {"state": "delivered"}),
        ):
            factories.delivery(
                connection, desk.clinic_id, staff_id=who, episode_id=episode_id,
                purpose="staff.alert", to_address="+13125550122",
                notification="Maple: emergency", due_at=None, **columns,
            )  # fmt: skip
    return episode_id


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_says_who_was_told_how_and_what_became_of_it(desk: Desk) -> None:
    episode_id = _alerted(desk)
    ana = desk.ana()
    words = shown(ana.get(f"/episodes/{episode_id}"))
    for line in ("Nils · text · sent", "Nils · call · picked up · 2 tries",
                 "Ana · text · failed This number is unknown or no longer in use.",
                 "on-call telephone · text · delivered"):  # fmt: skip
        assert line in words
    desk.clock.advance(timedelta(minutes=4))
    ana.post(f"/episodes/{episode_id}/take", {"key": "k1-take", "seen": "0"})
    words = shown(ana.get(f"/episodes/{episode_id}")).replace("\u202f", " ")
    assert "Taken: Ana · 9:04 AM after 4 min" in words


def test_the_file_has_iso_times_and_neither_words_nor_numbers(desk: Desk) -> None:
    episode_id = _alerted(desk)
    answer = desk.ana().get(f"/episodes/{episode_id}/alert.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="alert-{episode_id}.csv"'
    )
    rows = _rows(answer.text)
    assert tuple(rows[0]) == COLUMNS
    assert {row["at"] for row in rows} == {NOW.isoformat(timespec="seconds")}
    assert [(r["happened"], r["person"], r["way"], r["became"]) for r in rows] == [
        ("opened", "", "", ""),
        ("told", "Nils", "sms", "sent"),
        ("told", "Nils", "call", "picked_up"),
        ("told", "Ana", "sms", "failed"),
        ("told", "on-call telephone", "sms", "delivered"),
    ]
    assert rows[3]["reason"] == "This number is unknown or no longer in use."
    for secret in ("+1312", "5550122", "respirar", "Maple: emergency", "Garcia", "Rosa", "Luis"):
        assert secret not in answer.text


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_of_the_file_can_be_taken_for_a_formula(desk: Desk, name: str) -> None:
    answer = desk.ana().get(f"/episodes/{_alerted(desk, name=name)}/alert.csv")
    cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
    assert any(name.split(maxsplit=1)[0] in cell for cell in cells)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
    assert guarded(name).startswith("'")


def test_there_is_no_file_of_what_is_confidential_without_an_alert_or_of_others(
    desk: Desk,
) -> None:
    """C11 and I-22."""
    ana, episode_id = desk.ana(), _alerted(desk)
    with desk.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
        stranger_id = factories.staff_member(connection, birch, name="Bea")
    stranger = desk.signed_in(birch, stranger_id, "bea")
    assert stranger.get(f"/episodes/{episode_id}/alert.csv").status_code == 404
    assert desk.visitor().get(f"/episodes/{episode_id}/alert.csv").status_code == 303
    assert ana.get(f"/episodes/{10**17}/alert.csv").status_code == 404
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(hazard="self_harm"))
    assert ana.get(f"/episodes/{episode_id}/alert.csv").status_code == 404
    page = ana.get(f"/episodes/{episode_id}")
    assert not any(a.get("href", "").endswith("alert.csv") for a in elements(page, "a"))
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(hazard=None))
        connection.execute(tables.alerts.delete())
    assert ana.get(f"/episodes/{episode_id}/alert.csv").status_code == 404
