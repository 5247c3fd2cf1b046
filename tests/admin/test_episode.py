"""One episode: what a person sees of it, and what stays hidden, marked or harmless."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from routing.types import Urgency
from store import tables
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import elements, shown
from tests.factories import NOW

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "</textarea><script>alert(1)</script>",
    "{{ 7*7 }} {% raw %} ${7*7} <%= 7*7 %>",
    '" autofocus onfocus=alert(1) x="',
    "<style>body{display:none}</style>",
    "<a href=javascript:alert(1)>x</a>",
    "<!-- --!><iframe src=//evil.example>",
    "%(name)s %s {0}",
)


def test_the_page_says_who_wrote_and_about_whom(desk: Desk) -> None:
    episode_id = desk.episode("se le salió el tubo")
    words = shown(desk.ana().get(f"/episodes/{episode_id}"))
    for expected in ("Garcia", "Rosa (mother)", "…0131", "Spanish", "Luis, 5 years",
                     "tracheostomy", "feeding tube", "se le salió el tubo"):  # fmt: skip
        assert expected in words


def test_ana_can_call_the_family_from_the_page(desk: Desk) -> None:
    """C13: whoever is told to call needs the number."""
    page = desk.ana().get(f"/episodes/{desk.episode()}")
    assert "tel:+13125550131" in [a["href"] for a in elements(page, "a")]
    assert "+1 312-555-0131" in shown(page)


def test_the_words_that_made_it_urgent_are_marked(desk: Desk) -> None:
    text = "Hola. Mi hijo no puede respirar bien"
    episode_id = desk.episode(text, Urgency.EMERGENCY)
    start = text.index("no puede respirar")
    _judge(
        desk,
        reasons=[
            {
                "rule": "breathing.cannot",
                "why": "Cannot breathe.",
                "text": "no puede respirar",
                "spans": [[start, start + len("no puede respirar")]],
            }
        ],
        set_aside=[{"rule": "fever.high", "because": "It is over.", "text": "fiebre"}],
    )
    page = desk.ana().get(f"/episodes/{episode_id}")
    assert "<mark>no puede respirar</mark>" in page.text
    for expected in ("Why emergency", "Cannot breathe.", "Considered and set aside", "It is over."):
        assert expected in shown(page)


def test_a_message_in_another_language_says_its_language_and_direction(desk: Desk) -> None:
    episode_id = desk.episode("hola")
    desk.say(episode_id, "ابني لا يتنفس", language="ar")
    page = desk.ana().get(f"/episodes/{episode_id}")
    [text] = [p for p in elements(page, "p") if p.get("lang") == "ar"]
    assert text["dir"] == "auto"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_is_only_text_wherever_it_stands(desk: Desk, hostile: str) -> None:
    """A-08, I-26: in a message, a name, a reason, an outcome, the inbox."""
    episode_id = desk.episode(hostile)
    with desk.database.write() as connection:
        connection.execute(tables.families.update().values(name=hostile))
        connection.execute(tables.caregivers.update().values(name=hostile, relation=hostile))
        connection.execute(tables.children.update().values(name=hostile))
        connection.execute(tables.assessments.update().values(
            reasons=[{"rule": hostile, "why": hostile, "text": hostile, "spans": [[0, 3]]}],
            set_aside=[{"rule": hostile, "because": hostile, "text": hostile}],
        ))  # fmt: skip
        factories.episode(
            connection, desk.clinic_id, desk.garcia.family_id, desk.garcia.thread_id,
            state="resolved", outcome=hostile,
        )  # fmt: skip
    ana = desk.ana()
    for path in ("/", f"/episodes/{episode_id}"):
        page = ana.get(path)
        assert page.status_code == 200
        assert " ".join(hostile.split()) in shown(page)
        for tag in ("style", "iframe", "object", "embed"):
            assert elements(page, tag) == []
        assert all(script["src"].startswith("/static/") for script in elements(page, "script"))
        assert all(image["src"] == "/static/icon.svg" for image in elements(page, "img"))
        assert not re.search(r"<[^>]*\son\w+=", page.text)
        assert not any("javascript:" in a.get("href", "") for a in elements(page, "a"))


def test_invisible_characters_are_shown_and_cannot_turn_the_words_around(desk: Desk) -> None:
    """A-08: a direction override hides or reorders what a nurse reads."""
    episode_id = desk.episode("dosis \u202e05\u202c mg\u200b\x07 \U0001f468\u200d\U0001f469")
    page = desk.ana().get(f"/episodes/{episode_id}")
    for named in ("right-to-left override", "pop directional formatting", "zero width space",
                  "u+0007"):  # fmt: skip
        assert named in shown(page).lower()
    assert not {"\u202e", "\u202c", "\u200b", "\x07"} & set(page.text)
    assert "\U0001f468\u200d\U0001f469" in page.text  # the joiner belongs to the picture


def test_the_marks_that_phones_write_into_arabic_are_no_noise_on_the_page(desk: Desk) -> None:
    episode_id = desk.episode("اتصلوا \u200e911\u200e الآن")
    page = desk.ana().get(f"/episodes/{episode_id}")
    assert "left-to-right mark" not in shown(page).lower()
    assert "\u200e911\u200e" in page.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("delivered", "delivered"),
        ("queued", "waiting to be sent"),
        ("blocked", "cannot text: call"),
        ("unknown", "not certain whether it was sent"),
    ],
)
def test_the_state_of_an_answer_is_said_in_words(desk: Desk, state: str, words: str) -> None:
    episode_id = desk.episode("hola")
    with desk.database.write() as connection:
        message_id = factories.message(
            connection, desk.clinic_id, desk.garcia.thread_id, episode_id, "Recibido. 911",
            direction="out", template="auto.received",
        )  # fmt: skip
        factories.delivery(
            connection, desk.clinic_id, message_id=message_id, episode_id=episode_id, state=state
        )
    page = shown(desk.ana().get(f"/episodes/{episode_id}"))
    assert "Automatic answer" in page
    assert words in page


def test_a_family_that_got_no_answer_must_be_called(desk: Desk) -> None:
    """C13."""
    episode_id = desk.episode("no respira", Urgency.EMERGENCY)
    with desk.database.write() as connection:
        factories.alert(connection, desk.clinic_id, episode_id, no_answer="opted_out")
    words = shown(desk.ana().get(f"/episodes/{episode_id}"))
    assert "FAMILY GOT NO ANSWER: CALL They have stopped texts." in words
    assert "Nobody has taken it yet. 2 steps so far. The next person is told at 9:02" in words


def test_violence_is_handled_by_the_safe_contact_and_stays_off_the_time_line(desk: Desk) -> None:
    """C11."""
    with desk.database.write() as connection:
        earlier = factories.episode(
            connection, desk.clinic_id, desk.garcia.family_id, desk.garcia.thread_id,
            state="resolved", hazard="violence", outcome="called",
        )  # fmt: skip
    episode_id = desk.episode("me pega", Urgency.URGENT)
    ana = desk.ana()
    assert f"/episodes/{earlier}" not in ana.get(f"/episodes/{episode_id}").text
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(hazard="violence"))
    page = ana.get(f"/episodes/{episode_id}")
    assert "Do not call or text first: check the safe contact." in shown(page)
    assert "tel:" not in page.text


def test_an_episode_of_another_clinic_is_as_missing_as_one_that_never_was(desk: Desk) -> None:
    """I-22: the same answer, byte for byte, for reading and for doing."""
    episode_id = desk.episode("lo nuestro")
    with desk.database.write() as connection:
        cedar = factories.clinic(connection, key="cedar")
        omar = factories.staff_member(connection, cedar, name="Omar")
        message_id = connection.execute(select(tables.messages.c.id)).scalar_one()
        attachment_id = _picture(desk, connection, message_id)
        factories.alert(connection, desk.clinic_id, episode_id, ref="opaque")
    visitor = desk.signed_in(cedar, omar, "omar")
    for ours, never in (
        (f"/episodes/{episode_id}", "/episodes/4040"),
        (f"/attachments/{attachment_id}", "/attachments/4040"),
        ("/alerts/opaque", "/alerts/never"),
        (f"/episodes/{episode_id}", f"/episodes/{2**70}"),
    ):
        theirs, missing = visitor.get(ours), visitor.get(never)
        assert (theirs.status_code, theirs.text) == (404, missing.text)
    for act in ("take", "reply", "resolve", "attach"):
        fields = {"text": "x", "outcome": "called", "seen": "99999", "family": "1"}
        theirs = visitor.post(f"/episodes/{episode_id}/{act}", fields)
        missing = visitor.post(f"/episodes/4040/{act}", fields)
        assert (theirs.status_code, theirs.text) == (404, missing.text)


def test_a_picture_is_a_file_to_keep_never_a_page_to_open(desk: Desk) -> None:
    """I-26."""
    episode_id = desk.episode("mira")
    with desk.database.write() as connection:
        message_id = connection.execute(select(tables.messages.c.id)).scalar_one()
        attachment_id = _picture(desk, connection, message_id)
        factories.attachment(connection, desk.clinic_id, message_id, position=1,
                             state="unavailable", content_type="video/mp4")  # fmt: skip
    ana = desk.ana()
    words = shown(ana.get(f"/episodes/{episode_id}"))
    assert "Attachment (video/mp4): unavailable" in words
    answer = ana.get(f"/attachments/{attachment_id}")
    assert answer.content == b"<svg onload=alert(1)>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_the_link_of_an_alert_leads_to_the_episode_and_acknowledges_nothing(desk: Desk) -> None:
    episode_id = desk.episode("no respira", Urgency.EMERGENCY)
    with desk.database.write() as connection:
        factories.alert(connection, desk.clinic_id, episode_id, ref="opaque")
    visitor = desk.visitor()
    assert visitor.get("/alerts/opaque").headers["location"] == "/login?next=/alerts/opaque"
    ana = desk.ana()
    link = ana.get("/alerts/opaque").headers["location"]
    assert ana.get(link).status_code == 200
    with desk.database.read() as connection:
        seen = connection.execute(select(tables.episodes)).one()
        alert = connection.execute(select(tables.alerts)).one()
    assert (seen.acknowledged_at, alert.state) == (None, "open")
    assert seen.looked_at is not None


def test_a_page_that_a_browser_fetches_ahead_is_not_opened_by_anybody(desk: Desk) -> None:
    """C3."""
    episode_id = desk.episode("hola")
    desk.ana().get(f"/episodes/{episode_id}", {"Sec-Purpose": "prefetch"})
    with desk.database.read() as connection:
        assert connection.execute(select(tables.episodes.c.looked_at)).scalar() is None


def test_earlier_needs_of_the_thread_are_a_click_away(desk: Desk) -> None:
    with desk.database.write() as connection:
        earlier = factories.episode(
            connection, desk.clinic_id, desk.garcia.family_id, desk.garcia.thread_id,
            state="resolved", outcome="emergency_care", opened_at=NOW - timedelta(days=20),
        )  # fmt: skip
    episode_id = desk.episode("hola")
    page = desk.ana().get(f"/episodes/{episode_id}")
    assert f"/episodes/{earlier}" in [a["href"] for a in elements(page, "a")]
    assert "Went to the emergency department" in shown(page)


def _judge(desk: Desk, **columns: object) -> None:
    with desk.database.write() as connection:
        connection.execute(tables.assessments.update().values(**columns))


def _picture(desk: Desk, connection: Connection, message_id: int) -> int:
    attachment_id = factories.attachment(
        connection, desk.clinic_id, message_id, state="fetched", content_type="image/svg+xml"
    )
    factories.row(
        connection, tables.attachment_contents, clinic_id=desk.clinic_id,
        attachment_id=attachment_id, content_type="image/svg+xml",
        content=b"<svg onload=alert(1)>",
    )  # fmt: skip
    return attachment_id
