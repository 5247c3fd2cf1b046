"""Where attachments may be fetched from, how much, how long, and who sees our sign-in."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot import download as fetching
from bot.channels.twilio.client import media_source
from bot.download import MOST_BYTES, NotFetched, Source, Why, download
from store.settings import TWILIO_API, TwilioAccount
from tests.faketwilio.account import ACCOUNT, TOKEN
from tests.faketwilio.client import FakeTwilio

PHOTO = b"\xff\xd8\xff\xe0" + b"trach site" * 100
OURS = {ACCOUNT: TwilioAccount(ACCOUNT, (TOKEN,))}
ELSEWHERE = "198.51.100.7"


@pytest.fixture
def cdn() -> Iterator[FakeTwilio]:
    """A second host, to which the first one redirects."""
    with FakeTwilio() as fake:
        yield fake


def source(twilio: FakeTwilio) -> Source:
    return media_source(twilio.url, OURS.get)


def why(url: str, where: Source, account: str = ACCOUNT) -> Why:
    """Fetch what cannot be fetched and tell why."""
    with pytest.raises(NotFetched) as caught:
        download(url, account, where)
    return caught.value.why


def real(*addresses: str) -> Source:
    """Twilio itself, as a clinic has it, with names that resolve as told."""
    known = media_source(TWILIO_API, OURS.get)
    return Source(known.api_url, known.hosts, known.folders, known.credentials,
                  lambda _host, _port: addresses)  # fmt: skip


def test_a_photo_is_fetched_with_our_sign_in(twilio: FakeTwilio) -> None:
    assert download(twilio.picture(PHOTO), ACCOUNT, source(twilio)) == PHOTO


def test_a_redirect_never_sees_our_sign_in(twilio: FakeTwilio, cdn: FakeTwilio) -> None:
    """A-15: the second host gets the request without name and secret."""
    kept = cdn.picture(PHOTO, do="public")
    url = twilio.picture(b"", do="redirect", to=kept)
    assert download(url, ACCOUNT, source(twilio)) == PHOTO
    assert [call["signed_in"] for call in twilio.seen()] == [True]
    assert [call["signed_in"] for call in cdn.seen()] == [False]


def test_a_redirect_back_to_twilio_does_not_see_it_either(twilio: FakeTwilio) -> None:
    url = twilio.picture(b"", do="redirect", to=twilio.picture(PHOTO))
    assert why(url, source(twilio)) is Why.REFUSED
    assert [call["signed_in"] for call in twilio.seen()] == [True, False]


def test_a_relative_redirect_is_followed(twilio: FakeTwilio) -> None:
    kept = twilio.picture(PHOTO, do="public")
    url = twilio.picture(b"", do="redirect", to=kept.removeprefix(twilio.url))
    assert download(url, ACCOUNT, source(twilio)) == PHOTO


@pytest.mark.parametrize(("redirects", "arrives"), [(3, True), (4, False)])
def test_three_redirects_are_followed_and_no_more(
    twilio: FakeTwilio, redirects: int, *, arrives: bool
) -> None:
    """F-33: redirects in a circle end."""
    url = twilio.picture(PHOTO, do="public")
    for _ in range(redirects):
        url = twilio.picture(b"", do="redirect", to=url, public=True)
    if arrives:
        assert download(url, ACCOUNT, source(twilio)) == PHOTO
    else:
        assert why(url, source(twilio)) is Why.ADDRESS
    assert len(twilio.seen()) == 4


def test_a_server_that_cannot_prove_its_name_gets_no_sign_in(twilio: FakeTwilio) -> None:
    """The address is called with TLS, which the fake does not speak."""
    secure = twilio.url.replace("http:", "https:")
    there = media_source(secure, OURS.get)
    assert why(f"{secure}/x", there) is Why.UNREACHABLE
    assert twilio.seen() == []


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("https://evil.example/x.jpg", id="another host"),
        pytest.param("ftp://127.0.0.1/x.jpg", id="another scheme"),
        pytest.param("https://user:secret@127.0.0.1/x", id="a name and secret in the address"),
        pytest.param("http://[bad", id="not an address"),
        pytest.param("https://127.0.0.1:99999/x", id="not a port"),
    ],
)
def test_a_redirect_elsewhere_is_not_followed(twilio: FakeTwilio, target: str) -> None:
    url = twilio.picture(b"", do="redirect", to=target)
    assert why(url, source(twilio)) is Why.ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "http://api.twilio.com/x",
        "https://api.twilio.com:6379/x",
        "https://apitwilio.com/x",
        "https://twilio.com.evil.example/x",
        "https://evil.example/?api.twilio.com",
        "https://api.twilio.com@evil.example/x",
        "https://s3-external-1.amazonaws.com/someone-elses-bucket/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://2130706433/x",
        "file:///etc/passwd",
        "gopher://api.twilio.com/x",
        "javascript:alert(1)",
        "//api.twilio.com/x",
        "https://api.twilio.com:port/x",
        "",
    ],
)
def test_only_twilios_own_places_are_asked(url: str) -> None:
    """A-14."""
    assert why(url, real(ELSEWHERE)) is Why.ADDRESS


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.5", "169.254.169.254", "::1", "::ffff:10.0.0.5"]
)
def test_a_known_name_that_points_inside_is_not_asked(address: str) -> None:
    """A-14: DNS that answers with an inner address."""
    assert why("https://mms.twiliocdn.com/x", real(address)) is Why.ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1",
        "https://mms.twiliocdn.com/AC1/ME1",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/ME1",
    ],
)
def test_each_place_of_twilio_is_asked_at_the_address_that_was_judged(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def nobody(address: Any, *_: Any) -> None:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", nobody)
    assert why(url, real("10.0.0.5", "54.172.60.1")) is Why.UNREACHABLE
    assert asked == [("54.172.60.1", 443)]


def test_a_name_without_an_address_may_have_one_later() -> None:
    def nowhere(_host: str, _port: int) -> tuple[str, ...]:
        raise OSError

    known = real()
    lost = Source(known.api_url, known.hosts, known.folders, known.credentials, nowhere)
    assert why("https://api.twilio.com/x", lost) is Why.UNREACHABLE


def test_an_account_without_keys_is_refused(twilio: FakeTwilio) -> None:
    assert why(twilio.picture(PHOTO), source(twilio), "ACgone") is Why.REFUSED


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Why.REFUSED),
        (403, Why.REFUSED),
        (404, Why.NOT_FOUND),
        (410, Why.NOT_FOUND),
        (429, Why.UNREACHABLE),
        (500, Why.UNREACHABLE),
        (206, Why.UNREACHABLE),
    ],
)
def test_each_answer_has_its_reason(twilio: FakeTwilio, status: int, reason: Why) -> None:
    assert why(twilio.picture(b"", do="status", status=status), source(twilio)) is reason


def test_a_picture_may_have_the_largest_size_and_no_byte_more(twilio: FakeTwilio) -> None:
    """F-33: the announced length is believed at once."""
    largest = PHOTO + b"\0" * (MOST_BYTES - len(PHOTO))
    assert len(download(twilio.picture(largest), ACCOUNT, source(twilio))) == MOST_BYTES
    assert why(twilio.picture(largest + b"\0"), source(twilio)) is Why.TOO_LARGE


def test_a_picture_without_end_is_cut_off(twilio: FakeTwilio) -> None:
    assert why(twilio.picture(PHOTO, do="endless"), source(twilio)) is Why.TOO_LARGE


def test_a_picture_that_breaks_off_is_not_kept(twilio: FakeTwilio) -> None:
    assert why(twilio.picture(PHOTO, do="cut"), source(twilio)) is Why.UNREACHABLE


@pytest.mark.parametrize(
    ("do", "how"), [("hang", {"seconds": 3}), ("drip", {"pause": 0.05})], ids=["hangs", "drips"]
)
def test_a_slow_server_holds_us_no_longer_than_the_deadline(
    twilio: FakeTwilio, monkeypatch: pytest.MonkeyPatch, do: str, how: dict[str, Any]
) -> None:
    """A byte at a time resets a time-out for each read; the deadline is for all together."""
    monkeypatch.setattr(fetching, "MOST_SECONDS", 0.4)
    begun = time.monotonic()
    assert why(twilio.picture(PHOTO, do=do, **how), source(twilio)) is Why.TOO_SLOW
    assert time.monotonic() - begun < 1.5


@pytest.mark.parametrize(
    ("reason", "can_retry"),
    [
        (Why.ADDRESS, False),
        (Why.TYPE, False),
        (Why.TOO_LARGE, False),
        (Why.TOO_SLOW, True),
        (Why.NOT_FOUND, True),
        (Why.REFUSED, True),
        (Why.UNREACHABLE, True),
        (Why.FAILED, True),
    ],
)
def test_a_reason_says_whether_trying_again_helps(reason: Why, *, can_retry: bool) -> None:
    assert reason.can_retry is can_retry
