"""Known signatures: address, form, token, signature, and whether they belong together."""

from dataclasses import dataclass
from typing import Literal

TWILIO_TESTS = "twilio-python 9.13.0, its tests of the request validator"
TWILIO_DOCS = "Twilio's documentation of webhook security, recomputed with twilio-python 9.13.0"
OLDER_DOCS = "an older page of Twilio's documentation, recomputed with twilio-python 9.13.0"
DERIVED = "computed with twilio-python 9.13.0; not published by Twilio"

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One known signature; `form` is a form's fields, or the text of a JSON body."""

    name: str
    url: str
    form: Pairs | str
    token: str
    signature: str
    valid: bool
    source: str
    algorithm: Literal["HMAC_SHA1", "HMAC_SHA256"] = "HMAC_SHA1"


MYAPP = "https://mycompany.com/myapp.php?foo=1&bar=2"
CLINIC = "https://clinic.example.org/webhooks/twilio/sms"
TOKEN = "12345"
CLINIC_TOKEN = "test_auth_token_0123456789abcdef"
JSON_BODY = '{"property": "value", "boolean": true}'
JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


def call_from(number: str) -> Pairs:
    """Give the form of the calls in Twilio's examples."""
    return (
        ("CallSid", "CA1234567890ABCDE"),
        ("Digits", "1234"),
        ("From", number),
        ("To", "+18005551212"),
        ("Caller", number),
    )


def picture_text(body: str) -> Pairs:
    """Give the form of a picture message with a text beside it, empty fields included."""
    account, message = f"AC{'b' * 32}", f"SM{'a' * 32}"
    media = f"Accounts/{account}/Messages/MM{'a' * 32}/Media/ME{'c' * 32}"
    return (
        ("ToCountry", "US"),
        ("ToState", "CA"),
        ("SmsMessageSid", message),
        ("NumMedia", "1"),
        ("ToCity", ""),
        ("FromZip", "94105"),
        ("SmsSid", message),
        ("FromState", "CA"),
        ("SmsStatus", "received"),
        ("FromCity", "SAN FRANCISCO"),
        ("Body", body),
        ("FromCountry", "US"),
        ("To", "+15005550006"),
        ("ToZip", ""),
        ("NumSegments", "1"),
        ("MessageSid", message),
        ("AccountSid", account),
        ("From", "+14155550100"),
        ("ApiVersion", "2010-04-01"),
        ("MediaUrl0", f"https://api.twilio.com/2010-04-01/{media}"),
        ("MediaContentType0", "image/jpeg"),
        ("MessagingServiceSid", f"MG{'d' * 32}"),
    )


UNDELIVERED = (
    ("MessageSid", f"SM{'a' * 32}"),
    ("SmsSid", f"SM{'a' * 32}"),
    ("MessageStatus", "undelivered"),
    ("SmsStatus", "undelivered"),
    ("ErrorCode", "30007"),
    ("To", "+14155550100"),
    ("From", "+15005550006"),
    ("AccountSid", f"AC{'b' * 32}"),
    ("ApiVersion", "2010-04-01"),
    ("RawDlrDoneDate", "2503011200"),
)
CANNOT_BREATHE = "Mi hija no puede respirar ñ 👍"
CALL = call_from("+14158675309")

CASES = (
    Case("a plain form", MYAPP, CALL, TOKEN, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", True, TWILIO_TESTS),
    Case(
        "a repeated name: its values sorted, the name before each",
        MYAPP,
        (("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")),
        TOKEN,
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        True,
        TWILIO_TESTS,
    ),
    Case(
        "a port in the address that was not signed",
        "https://mycompany.com:1234/myapp.php?foo=1&bar=2",
        CALL,
        TOKEN,
        "RSOYDt4T1cUTdK1PDd93/VVr8B8=",
        True,
        TWILIO_TESTS,
    ),
    Case(
        "a port in the address that was signed",
        "http://mycompany.com:1234/myapp.php?foo=1&bar=2",
        CALL,
        TOKEN,
        "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=",
        True,
        TWILIO_TESTS,
    ),
    Case("signed with 443", MYAPP, CALL, TOKEN, "kvajT1Ptam85bY51eRf/AJRuM3w=", True, TWILIO_TESTS),
    Case(
        "signed with 80",
        MYAPP.replace("https", "http"),
        CALL,
        TOKEN,
        "0ZXoZLH/DfblKGATFgpif+LLRf4=",
        True,
        TWILIO_TESTS,
    ),
    Case(
        "a JSON body by its hash",
        f"{MYAPP}&bodySHA256={JSON_HASH}",
        JSON_BODY,
        TOKEN,
        "a9nBmqA0ju/hNViExpshrM61xv4=",
        True,
        TWILIO_TESTS,
    ),
    Case(
        "the example of the documentation",
        "https://example.com/myapp.php?foo=1&bar=2",
        call_from("+14158675310"),
        TOKEN,
        "L/OH5YylLD5NRKLltdqwSvS0BnU=",
        True,
        TWILIO_DOCS,
    ),
    Case(
        "the older example of the documentation",
        MYAPP,
        call_from("+12349013030"),
        TOKEN,
        "0/KCTR6DLpKmkAf8muzZqo1nDgQ=",
        True,
        OLDER_DOCS,
    ),
    Case(
        "a text with accents, an emoji and empty fields",
        CLINIC,
        picture_text(CANNOT_BREATHE),
        CLINIC_TOKEN,
        "e+1UpakJ0dA1wbEu1Dhlnl+HnWE=",
        True,
        DERIVED,
    ),
    Case(
        "the words were changed after signing",
        CLINIC,
        picture_text("hi"),
        CLINIC_TOKEN,
        "e+1UpakJ0dA1wbEu1Dhlnl+HnWE=",
        False,
        DERIVED,
    ),
    Case(
        "signed with the token of another account",
        CLINIC,
        picture_text(CANNOT_BREATHE),
        "other_token",
        "e+1UpakJ0dA1wbEu1Dhlnl+HnWE=",
        False,
        DERIVED,
    ),
    Case(
        "a shared key and SHA-256",
        CLINIC,
        picture_text(CANNOT_BREATHE),
        "sharedkey_secret_example",
        "dDnsPVj3/RwxQhrXcLbO9+aL1C2jbQCThLoJITlG3dg=",
        True,
        DERIVED,
        "HMAC_SHA256",
    ),
    Case(
        "a status report, its query signed too",
        "https://clinic.example.org/webhooks/twilio/status?outbox_id=42",
        UNDELIVERED,
        CLINIC_TOKEN,
        "iKGRMRnOSes0nn/39y3VFOTBL3g=",
        True,
        DERIVED,
    ),
    Case(
        "no form, everything in the query as it was sent",
        "https://clinic.example.org/sms?From=%2B14155550100&Body=hola%20%C3%B1",
        (),
        TOKEN,
        "azDym+wvDZrTxzehiqClQLDGHx0=",
        True,
        DERIVED,
    ),
    Case(
        "the space at the end of the words was trimmed",
        "https://a.org/x",
        (("Body", "hi"),),
        TOKEN,
        "D4pOyDURq4faInKn6T8vLr8paV4=",
        False,
        DERIVED,
    ),
    Case(
        "a slash at the end of the address that was not signed",
        "https://a.org/x/",
        (("A", "1"),),
        TOKEN,
        "a+hwD8QEuSs+PeH/nCCVQL/PvjI=",
        False,
        DERIVED,
    ),
)

BODY_HASHES = (
    (
        '{"CallSid":"CA1234567890ABCDE","Caller":"+12349013030"}',
        "5ccde7145dfb8f56479710896586cb9d5911809d83afbe34627818790db0aec9",
    ),
    (JSON_BODY, JSON_HASH),
)
"""Bodies and their `bodySHA256`; the first from Twilio's documentation, the second its tests."""
