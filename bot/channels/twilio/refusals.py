"""Why a webhook was refused: a closed list of codes, and how each is answered."""

from enum import Enum

from starlette.responses import PlainTextResponse, Response


class Refusal(Enum):
    """A code for the log, the HTTP status, and a sentence for who set the webhook up.

    The sentence never repeats anything of the request.
    """

    NOT_CONFIGURED = ("not_configured", 503, "KINLINE_PUBLIC_URL is not set.")
    TOO_LARGE = ("too_large", 413, "The form is larger than 64 KiB.")
    TOO_SLOW = ("too_slow", 408, "The form did not arrive in time.")
    DISCONNECTED = ("disconnected", 400, "The form did not arrive whole.")
    UNREADABLE = ("unreadable", 400, "This is not a form that Twilio sends.")
    UNKNOWN_ACCOUNT = ("unknown_account", 403, "No such account is set up here.")
    NO_SIGNATURE = ("no_signature", 403, "The request has no single X-Twilio-Signature.")
    WRONG_SIGNATURE = (
        "wrong_signature",
        403,
        "The signature is wrong: compare auth token and KINLINE_PUBLIC_URL with Twilio's.",
    )
    NOT_KEPT = ("not_kept", 503, "Nothing was kept. The same request may be sent again.")
    TOO_LATE = ("too_late", 503, "Keeping it took too long. The same request may be sent again.")
    FAILED = ("failed", 500, "Nothing was kept, because of a fault in Kinline.")

    def __init__(self, code: str, status: int, sentence: str) -> None:
        self.code = code
        self.status = status
        self.sentence = sentence

    @property
    def can_retry(self) -> bool:
        """Tell whether sending the same request again may help."""
        return self.status >= Refusal.FAILED.status

    def answer(self) -> Response:
        """Give the HTTP answer; what was not read whole also ends the connection."""
        is_half_read = self in {Refusal.TOO_LARGE, Refusal.TOO_SLOW, Refusal.DISCONNECTED}
        return PlainTextResponse(
            f"{self.code}: {self.sentence}\n",
            status_code=self.status,
            headers={"connection": "close"} if is_half_read else None,
        )


class Refused(Exception):
    """The webhook ends here, with one of the refusals."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
