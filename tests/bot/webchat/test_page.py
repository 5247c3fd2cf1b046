"""The chat page as a browser without scripts meets it, and what every answer carries."""

from datetime import timedelta

import httpx
import pytest

from store import tables
from store.outcomes import StoreUnavailable
from tests import factories
from tests.admin.visitor import elements, field, shown
from tests.bot.webchat.conftest import EMERGENCY, FORMS, Lobby
from tests.bot.webchat.test_talking import reply
from tests.bot.webchat.visitor import PAGE


def message_id(page: httpx.Response) -> str:
    return field(page, PAGE, "id")


def links(page: httpx.Response) -> list[str]:
    return [a["href"] for a in elements(page, "a")]


def test_the_emergency_number_is_on_the_page_before_anything_else(lobby: Lobby) -> None:
    page = lobby.visitor().get(PAGE)
    assert links(page)[:3] == ["#text", "tel:911", "tel:+13125550100"]
    for words in (
        "Emergency? Call 911 now",
        "Nurse, any hour: 312-555-0100",
        "Our office is open now. We close today at noon.",
        "Write in any language.",
        "It gives no medical advice and is not for emergencies.",
    ):
        assert words in shown(page)


def test_nobody_is_asked_for_a_number_before_the_safety_words_c13(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    before = rosa.get(PAGE)
    assert _number_form(before) == {"hidden": ""}
    rosa.fill({"text": EMERGENCY, "id": message_id(before)})
    assert _number_form(rosa.get(PAGE)) == {}


def _number_form(page: httpx.Response) -> dict[str, str]:
    [form] = [form for form in elements(page, "form") if form["id"] == "number"]
    return {name: value for name, value in form.items() if name == "hidden"}


def test_a_number_given_without_scripts_reaches_staff_and_is_not_asked_for_again(
    lobby: Lobby,
) -> None:
    rosa = lobby.visitor()
    rosa.fill({"text": EMERGENCY, "id": "4f0b2c1d9a8e7766"})
    rosa.fill({"number": " 312-555-0142 ", "id": "4f0b2c1d9a8e7767"})
    said = [row.text for row in lobby.rows(tables.messages, direction="in")]
    assert said == [EMERGENCY, "Call-back number: 312-555-0142"]
    assert _number_form(rosa.get(PAGE)) == {"hidden": ""}


def test_without_scripts_rosa_writes_and_reads_the_answer_on_the_next_page(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    sent = rosa.fill({"text": EMERGENCY, "id": message_id(rosa.get(PAGE))})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{PAGE}#end")
    page = rosa.get(PAGE)
    assert EMERGENCY in shown(page)
    assert "Call 911 now. It is free" in shown(page)
    assert [row.state for row in lobby.deliveries()] == ["delivered"]


def test_a_form_that_is_sent_twice_is_kept_once(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    fields = {"text": FORMS, "id": message_id(rosa.get(PAGE))}
    rosa.fill(fields)
    rosa.fill(fields)
    assert len(lobby.rows(tables.messages, direction="in")) == 1


def test_words_that_were_changed_before_they_were_sent_again_are_another_message(
    lobby: Lobby,
) -> None:
    """She went back, wrote what is new, and sent it under the name of the first: it was lost."""
    rosa = lobby.visitor()
    name = message_id(rosa.get(PAGE))
    rosa.fill({"text": FORMS, "id": name})
    rosa.fill({"text": EMERGENCY, "id": name})
    kept = [row.text for row in lobby.rows(tables.messages, direction="in")]
    assert kept == [FORMS, EMERGENCY]
    assert "Call 911 now. It is free" in shown(rosa.get(PAGE))


def test_what_is_refused_takes_nothing_of_the_conversation_off_the_page(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.fill({"text": EMERGENCY, "id": message_id(rosa.get(PAGE))})
    page = rosa.fill({"text": "a" * 1700, "id": "4f0b2c1d9a8e7766"})
    assert page.status_code == 422
    assert "Call 911 now. It is free" in shown(page)
    assert _number_form(page) == {}
    assert [row.state for row in lobby.deliveries()] == ["delivered"], "it was on the screen"


def test_nothing_cuts_off_what_is_pasted_into_the_box(lobby: Lobby) -> None:
    """Beyond `maxlength` a browser drops it without a word: the end, where the danger stood."""
    [box] = elements(lobby.visitor().get(PAGE), "textarea")
    assert "maxlength" not in box


def test_without_scripts_a_small_frame_tells_of_news_and_the_page_stays(lobby: Lobby) -> None:
    """What is being typed survives: only the frame loads itself again."""
    rosa = lobby.visitor()
    rosa.fill({"text": FORMS, "id": "4f0b2c1d9a8e7766"})
    page = rosa.get(PAGE)
    assert "refresh" not in page.text
    frame = next(f["src"] for f in elements(page, "iframe"))
    quiet = rosa.get(frame)
    assert 'http-equiv="refresh" content="15"' in quiet.text
    assert "No new message." in shown(quiet)
    reply(lobby, "They are on their way.")
    assert "There is a new message. Show it." in shown(rosa.get(frame))
    assert "They are on their way." in shown(rosa.get(PAGE))
    assert "No new message." in shown(rosa.get(frame.replace("after=1", "after=99")))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "Please write something first.", id="empty"),
        pytest.param("a" * 1700, "This is too long for one message.", id="too long"),
    ],
)
def test_what_cannot_be_sent_comes_back_with_the_reason_and_nothing_is_lost(
    lobby: Lobby, text: str, says: str
) -> None:
    page = lobby.visitor().fill({"text": text, "id": "4f0b2c1d9a8e7766"})
    assert page.status_code == 422
    assert says in shown(page)
    assert text in page.text


def test_a_message_that_was_not_kept_comes_back_to_be_sent_again_under_its_name(
    lobby: Lobby,
) -> None:
    lobby.kinline.intake.stop(5)
    page = lobby.visitor().fill({"text": EMERGENCY, "id": "4f0b2c1d9a8e7766"})
    assert page.status_code == 503
    assert "Your message was not sent. It is still in the box" in shown(page)
    assert EMERGENCY.replace("'", "&#39;") in page.text
    assert message_id(page) == "4f0b2c1d9a8e7766"


def test_while_the_database_is_away_the_telephones_stay_on_the_page(
    lobby: Lobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosa = lobby.visitor()
    rosa.get(PAGE)

    def away() -> None:
        raise StoreUnavailable("away")

    monkeypatch.setattr(lobby.kinline.database, "read", away)
    page = rosa.get(PAGE)
    assert (page.status_code, links(page)[1]) == (200, "tel:911")
    stranger = lobby.visitor("cedar").get("/chat?clinic=cedar")
    assert stranger.status_code == 503
    assert "Call your local emergency number now." in shown(stranger)


@pytest.mark.parametrize("key", ["nobody", "", "system", "MAPLE", "'; drop table clinics; --"])
def test_a_wrong_key_opens_a_friendly_page_that_names_no_clinic(lobby: Lobby, key: str) -> None:
    page = lobby.visitor().ask("GET", "/chat", params={"clinic": key})
    assert page.status_code == 404
    assert "Please ask your clinic for the right link" in shown(page)
    assert "Call your local emergency number now." in shown(page)
    assert "Maple" not in page.text
    for path in ("/chat/messages", "/chat/panel", "/chat/events"):
        assert lobby.visitor().ask("GET", path, params={"clinic": key}).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "language", "direction"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "es", "ltr"),
        ("ar", "ar", "rtl"),
        ("ko,vi;q=0.8", "en", "ltr"),
        ("", "en", "ltr"),
    ],
    ids=["Spanish", "Arabic", "none of ours", "nothing said"],
)
def test_the_page_speaks_the_language_of_the_browser(
    lobby: Lobby, accepted: str, language: str, direction: str
) -> None:
    page = lobby.visitor().get("/chat?clinic=maple", {"Accept-Language": accepted})
    [html] = elements(page, "html")
    assert (html["lang"], html["dir"]) == (language, direction)


def test_rosa_can_switch_the_page_to_each_language_of_the_clinic(lobby: Lobby) -> None:
    page = lobby.visitor().get(PAGE)
    assert [a["lang"] for a in elements(page, "a") if "hreflang" in a] == ["en", "es", "ar"]
    assert "العربية" in shown(page)


def test_words_that_nobody_has_reviewed_are_not_shown_where_only_reviewed_ones_may_be(
    lobby: Lobby,
) -> None:
    with lobby.kinline.database.write() as connection:
        connection.execute(
            tables.clinics.update()
            .where(tables.clinics.c.id == lobby.clinic_id)
            .values(template_policy="reviewed_only", revision=2)
        )
    page = lobby.visitor().get("/chat?clinic=maple&lang=es")
    assert elements(page, "html")[0]["lang"] == "en"
    assert [a for a in elements(page, "a") if "hreflang" in a] == []


def test_a_clinic_that_is_not_live_says_how_messages_are_read_c22(lobby: Lobby) -> None:
    with lobby.kinline.database.write() as connection:
        connection.execute(
            tables.clinics.update()
            .where(tables.clinics.c.id == lobby.clinic_id)
            .values(automation="shadow", revision=2)
        )
    words = shown(lobby.visitor().get(PAGE))
    assert "No automatic answer comes. A person reads in office hours." in words


def test_a_strangers_token_opens_an_empty_chat_and_nobody_elses_a10(lobby: Lobby) -> None:
    rosa, stranger = lobby.visitor(), lobby.visitor()
    rosa.write(EMERGENCY)
    for token in ("A" * 43, "", "x", rosa.token[:-1], rosa.token + "A", rosa.token.swapcase()):
        stranger.token = token
        assert stranger.look() == []
    [contact] = lobby.rows(tables.contacts)
    stranger.token = contact.address
    assert stranger.look() == [], "what staff see of a visitor opens nothing (A-12)"


def test_nobody_can_report_somebody_elses_words_as_shown(lobby: Lobby) -> None:
    """Otherwise a stranger could keep people from calling (C13)."""
    rosa, stranger = lobby.visitor(), lobby.visitor()
    _, safety = rosa.write(EMERGENCY)["messages"]
    stranger.write(FORMS)
    stranger.saw(safety)
    assert "delivered" not in [row.state for row in lobby.deliveries()]


def test_one_token_opens_one_thread_in_one_clinic_only(lobby: Lobby) -> None:
    with lobby.kinline.database.write() as connection:
        factories.clinic(connection, key="cedar")
    rosa = lobby.visitor()
    rosa.write(EMERGENCY)
    elsewhere = lobby.visitor("cedar")
    elsewhere.token = rosa.token
    assert elsewhere.look() == []


@pytest.mark.parametrize("path", ["messages", "shown", "events"])
def test_without_a_token_there_is_nothing_to_write_to_or_hear(lobby: Lobby, path: str) -> None:
    nobody = lobby.visitor()
    body = {"id": "4f0b2c1d9a8e7766", "text": "hello", "refs": []}
    answer = (
        nobody.get(f"/chat/{path}?clinic=maple")
        if path == "events"
        else nobody.post(path, json=body)
    )
    assert (answer.status_code, answer.json()["error"]) == (401, "no_token")
    assert lobby.rows(tables.messages) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=["other site", "sibling", "typed address", "other origin", "null"],
)
@pytest.mark.parametrize(
    "path", ["/chat", "/chat/messages", "/chat/start", "/chat/shown", "/chat/leave"]
)
def test_a_page_of_another_site_cannot_write_as_rosa_a22(
    lobby: Lobby, path: str, headers: dict[str, str]
) -> None:
    answer = lobby.visitor().ask(
        "POST", f"{path}?clinic=maple", content=b"text=hi&id=4f0b2c1d9a8e7766", headers=headers
    )
    assert answer.status_code == 403
    assert lobby.rows(tables.messages) == []


def test_the_cookie_of_a_page_without_scripts_is_for_the_chat_alone(lobby: Lobby) -> None:
    sent = lobby.visitor().fill({"text": FORMS, "id": "4f0b2c1d9a8e7766"})
    cookie = sent.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", "Path=/chat", "Secure"):
        assert part in cookie
    assert "Max-Age" not in cookie
    assert "expires" not in cookie.lower(), "it ends with the browser: the device may be shared"


def test_with_scripts_no_cookie_is_ever_set(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.get("/chat/panel?clinic=maple")
    rosa.write(FORMS)
    rosa.look()
    assert not list(rosa.cookies.jar)


def test_who_ends_the_chat_leaves_nothing_on_the_device_a10(lobby: Lobby) -> None:
    rosa = lobby.visitor()
    rosa.fill({"text": FORMS, "id": "4f0b2c1d9a8e7766"})
    left = rosa.fill({}, "/chat/leave?clinic=maple&lang=en")
    assert left.status_code == 303
    assert not list(rosa.cookies.jar)
    assert FORMS not in rosa.get(PAGE).text


def test_a_token_is_in_no_address_page_or_log_a12(
    lobby: Lobby, capsys: pytest.CaptureFixture[str]
) -> None:
    rosa = lobby.visitor()
    rosa.fill({"text": FORMS, "id": "4f0b2c1d9a8e7766"})
    [cookie] = list(rosa.cookies.jar)
    assert cookie.value is not None
    answers = [
        rosa.get(PAGE),
        rosa.fill({"text": FORMS, "id": "4f0b2c1d9a8e7767"}),
        rosa.get("/chat/messages?clinic=maple"),
        rosa.get("/chat?clinic=nobody"),
    ]
    for answer in answers:
        assert cookie.value not in answer.text
        assert cookie.value not in answer.headers.get("location", "")
    printed = capsys.readouterr()
    assert cookie.value not in printed.out + printed.err
    assert FORMS not in printed.out + printed.err


def test_the_chat_closes_and_opens_with_the_office(lobby: Lobby) -> None:
    lobby.clock.advance(timedelta(hours=10))
    assert "Our office is closed. We open tomorrow at 8:30 am" in shown(lobby.visitor().get(PAGE))
