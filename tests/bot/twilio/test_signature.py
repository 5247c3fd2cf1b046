"""Only what our own account signed is let in (FACTS A3, INVARIANTS A-01 to A-04)."""

import base64
import hmac
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.channels.twilio.signature import verify, verify_json
from tests.bot.twilio.signature_cases import (
    BODY_HASHES,
    CALL,
    CANNOT_BREATHE,
    CASES,
    CLINIC,
    CLINIC_TOKEN,
    Case,
    Pairs,
    picture_text,
)

ROSAS_TEXT = picture_text(CANNOT_BREATHE)
ROSAS_SIGNATURE = "e+1UpakJ0dA1wbEu1Dhlnl+HnWE="


class Fields(dict[str, str]):
    """A form in the shape that Twilio's validator knows, with repeated names."""

    def __init__(self, pairs: Pairs) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def getall(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name]


def signed_by_twilio(url: str, pairs: Pairs, token: str) -> str:
    return str(RequestValidator(token).compute_signature(url, Fields(pairs)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_known_signature_is_judged_as_it_should_be(case: Case) -> None:
    if isinstance(case.form, str):
        found = verify_json(case.url, case.form.encode(), case.signature, [case.token])
    else:
        found = verify(case.url, case.form, case.signature, [case.token], algorithm=case.algorithm)
    assert found is case.valid


@pytest.mark.parametrize(("body", "digest"), BODY_HASHES, ids=["documentation", "tests"])
def test_a_json_body_is_known_by_its_hash(body: str, digest: str) -> None:
    url = f"https://clinic.example.org/events?bodySHA256={digest}"
    signature = signed_by_twilio(url, (), CLINIC_TOKEN)
    assert sha256(body.encode()).hexdigest() == digest
    assert verify_json(url, body.encode(), signature, [CLINIC_TOKEN])
    assert not verify_json(url, body.encode() + b" ", signature, [CLINIC_TOKEN])
    without_hash = signed_by_twilio("https://clinic.example.org/events", (), CLINIC_TOKEN)
    assert not verify_json(
        "https://clinic.example.org/events", body.encode(), without_hash, [CLINIC_TOKEN]
    )


fields = st.lists(
    st.tuples(
        st.sampled_from(["Body", "From", "To", "Zip", "body", "Ä", ""]),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    ),
    max_size=8,
).map(tuple)
addresses = st.builds(
    lambda scheme, host, port, path, query: f"{scheme}://{host}{port}/{path}{query}",
    st.sampled_from(["http", "https"]),
    st.sampled_from(["clinic.example", "texts.clinic.example", "127.0.0.1"]),
    st.sampled_from(["", ":80", ":443", ":8443", ":8000"]),
    st.sampled_from(["twilio/inbound", "twilio/status", "a%20b", "a:1/b"]),
    st.sampled_from(["", "?ref=abc", "?x=%2B1&y=", "?at=12:30", "?u=http://h:1/"]),
)


@given(url=addresses, pairs=fields, changed=st.booleans(), port=st.booleans())
def test_our_judgement_of_any_form_is_that_of_twilios_own_validator(
    url: str, pairs: Pairs, changed: bool, port: bool
) -> None:
    signed_url = url.replace(".example/", ".example:443/") if port else url
    signature = signed_by_twilio(signed_url, pairs, CLINIC_TOKEN)
    arrived = (*pairs, ("Extra", "1")) if changed else pairs
    theirs = RequestValidator(CLINIC_TOKEN).validate(url, Fields(arrived), signature)
    assert verify(url, arrived, signature, [CLINIC_TOKEN]) is theirs


@given(pairs=fields, port=st.sampled_from(["", ":443", ":80", ":8443"]))
def test_the_order_in_which_fields_arrive_does_not_matter(pairs: Pairs, port: str) -> None:
    url = f"https://clinic.example{port}/twilio/inbound"
    signature = signed_by_twilio(url, pairs, CLINIC_TOKEN)
    assert verify(url, pairs[::-1], signature, [CLINIC_TOKEN])


def replaced(name: str, value: str) -> Pairs:
    return tuple((key, value if key == name else old) for key, old in ROSAS_TEXT)


@pytest.mark.parametrize(
    ("url", "pairs"),
    [
        pytest.param(CLINIC.replace("https", "http"), ROSAS_TEXT, id="http instead of https"),
        pytest.param(CLINIC.replace("clinic", "Clinic", 1), ROSAS_TEXT, id="capital in the host"),
        pytest.param(CLINIC.replace("sms", "SMS"), ROSAS_TEXT, id="capitals in the path"),
        pytest.param(CLINIC + "/", ROSAS_TEXT, id="a slash at the end"),
        pytest.param(CLINIC + "?", ROSAS_TEXT, id="a question mark at the end"),
        pytest.param(CLINIC + "?a=1", ROSAS_TEXT, id="a query"),
        pytest.param(CLINIC + "#top", ROSAS_TEXT, id="a fragment"),
        pytest.param(CLINIC.replace("sms", "sm%73"), ROSAS_TEXT, id="percent-encoding"),
        pytest.param(CLINIC.replace(".org/", ".org:444/"), (), id="another port and no form"),
        pytest.param("https://evil.example/webhooks/twilio/sms", ROSAS_TEXT, id="another host"),
        pytest.param(CLINIC, replaced("Body", CANNOT_BREATHE + " "), id="a space more"),
        pytest.param(CLINIC, replaced("From", "+14155550101"), id="another sender"),
        pytest.param(CLINIC, replaced("To", "+15005550007"), id="another clinic"),
        pytest.param(CLINIC, replaced("ToCity", " "), id="an empty field filled"),
        pytest.param(CLINIC, (*ROSAS_TEXT, ("Body", "stop")), id="a second body"),
        pytest.param(CLINIC, (*ROSAS_TEXT, ("Extra", "")), id="an empty field more"),
        pytest.param(
            CLINIC, tuple(p for p in ROSAS_TEXT if p[0] != "ToCity"), id="an empty field dropped"
        ),
        pytest.param(CLINIC, ROSAS_TEXT[1:], id="a field dropped"),
        pytest.param(CLINIC, (), id="no form"),
    ],
)
def test_any_change_after_signing_is_noticed(url: str, pairs: Pairs) -> None:
    """INVARIANTS A-04."""
    assert verify(CLINIC, ROSAS_TEXT, ROSAS_SIGNATURE, [CLINIC_TOKEN])
    assert not verify(url, pairs, ROSAS_SIGNATURE, [CLINIC_TOKEN])


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param(" ", id="blank"),
        pytest.param("x", id="short"),
        pytest.param(ROSAS_SIGNATURE.lower(), id="another case"),
        pytest.param(ROSAS_SIGNATURE.rstrip("="), id="without padding"),
        pytest.param(ROSAS_SIGNATURE + "=", id="with more padding"),
        pytest.param(f"{ROSAS_SIGNATURE},{ROSAS_SIGNATURE}", id="twice in one"),
        pytest.param("ë+1UpakJ0dA1wbEu1Dhlnl+HnWE=", id="not ASCII"),
        pytest.param("\udce9+1UpakJ0dA1wbEu1Dhlnl+HnWE=", id="not UTF-8"),
    ],
)
def test_a_signature_that_is_not_exactly_right_is_a_plain_no(signature: str | None) -> None:
    """INVARIANTS A-01: never an error that becomes a 500."""
    assert not verify(CLINIC, ROSAS_TEXT, signature, [CLINIC_TOKEN])


def test_while_a_token_is_replaced_both_are_good() -> None:
    assert verify(CLINIC, ROSAS_TEXT, ROSAS_SIGNATURE, ["the-next-token", CLINIC_TOKEN])
    assert verify(CLINIC, ROSAS_TEXT, ROSAS_SIGNATURE, [CLINIC_TOKEN, "the-next-token"])


@pytest.mark.parametrize("tokens", [[], [""], [" "]], ids=["none", "empty", "blank"])
def test_without_a_real_token_nothing_is_let_in(tokens: list[str]) -> None:
    """INVARIANTS A-03: an empty secret is one that everybody knows."""
    for token in ("", " "):
        signature = signed_by_twilio(CLINIC, ROSAS_TEXT, token)
        assert not verify(CLINIC, ROSAS_TEXT, signature, tokens)


def test_a_signature_of_the_weaker_kind_is_not_good_for_a_shared_key() -> None:
    assert not verify(CLINIC, ROSAS_TEXT, ROSAS_SIGNATURE, [CLINIC_TOKEN], algorithm="HMAC_SHA256")


def test_bytes_that_are_not_text_are_signed_as_they_were_sent() -> None:
    text = CLINIC.encode() + b"Body\xff\xfe"
    digest = hmac.digest(CLINIC_TOKEN.encode(), text, "sha1")
    signature = base64.b64encode(digest).decode()
    assert verify(CLINIC, [("Body", "\udcff\udcfe")], signature, [CLINIC_TOKEN])


def test_an_address_of_numbers_with_a_port_is_verified_with_and_without_it() -> None:
    for url in ("http://[::1]:8000/twilio/inbound", "http://127.0.0.1:8000/twilio/inbound"):
        without = url.replace(":8000", "")
        for signed in (url, without):
            signature = signed_by_twilio(signed, CALL, CLINIC_TOKEN)
            assert verify(url, CALL, signature, [CLINIC_TOKEN])
