"""The page that shows what the staff pages are made of."""

import re

import pytest

from admin.desk import STATIC_FOLDER
from admin.elements import colours
from tests.admin.conftest import Desk
from tests.admin.visitor import elements, shown


def test_every_colour_of_the_sheet_has_its_swatch(desk: Desk) -> None:
    page = desk.ana().get("/elements")
    names = [one.get("class", "").split() for one in elements(page, "span")]
    assert {name[1] for name in names if name[:1] == ["swatch"]} == set(colours())
    sheet = (STATIC_FOLDER / "css" / "elements.css").read_text(encoding="utf-8")
    assert set(re.findall(r"[.]swatch[.]([a-z-]+) ", sheet)) == set(colours())


@pytest.mark.parametrize(
    "name",
    ["level emergency", "flag bad", "banner warn", "problem", "field-problem", "call", "second",
     "quiet", "message note", "message act", "reasons", "row urgent", "card empty", "choices"],
)  # fmt: skip
def test_every_kind_of_element_stands_on_it(desk: Desk, name: str) -> None:
    page = desk.ana().get("/elements").text
    assert re.search(rf'class="{name}[ "]', page), name


def test_only_people_who_are_signed_in_see_it(desk: Desk) -> None:
    answer = desk.visitor().get("/elements")
    assert answer.status_code == 303
    assert "/login" in answer.headers["location"]
    assert "Elements" not in shown(answer)
