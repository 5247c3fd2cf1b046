"""Writes to staff by e-mail: the level and an opaque link, beside the text that tells the same."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import structlog

from routing.events import Receipt, ReceiptSource
from routing.types import DeliveryState
from store.outgoing import Outgoing

log = structlog.get_logger(__name__)

PROVIDER = "mail"
SECONDS = 10.0
PORTS = {"smtp": 587, "smtps": 465}
REFUSED_FOR_GOOD = 500  # RFC 5321: 4xx may go well later, 5xx never


@dataclass(frozen=True, slots=True)
class Mail:
    """The channel `email`.

    Args:
        url: `smtp://USER:PASSWORD@HOST:587` (STARTTLS where the server offers it) or `smtps://…`.
        sender: the address that the mails come from.
    """

    url: str = field(repr=False)
    sender: str
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @property
    def name(self) -> str:
        """Name the channel as deliveries do."""
        return "email"

    def send(self, outgoing: Outgoing) -> Receipt:
        """Hand one mail to the server once; never raises, whatever happens is in the Receipt."""
        try:
            self._hand_over(_message(outgoing, self.sender))
        except smtplib.SMTPResponseException as error:
            return _note(outgoing, _refused(error.smtp_code), "refused", error)
        except smtplib.SMTPRecipientsRefused as error:
            code = max(code for code, _ in error.recipients.values())
            return _note(outgoing, _refused(code), "refused", error)
        except (OSError, smtplib.SMTPException) as error:
            # Twice is better than not at all (I-19).
            return _note(outgoing, DeliveryState.QUEUED, "unreachable", error)
        return _receipt(outgoing, ReceiptSource.ATTEMPT, DeliveryState.SENT, "handed over")

    def look_up(self, outgoing: Outgoing) -> Receipt:
        """Say that nobody can tell: a mail server keeps no list that could be asked."""
        return _receipt(outgoing, ReceiptSource.LOOKUP, DeliveryState.QUEUED, "not_found")

    def _hand_over(self, message: EmailMessage) -> None:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        with (
            smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=self.context)
            if parts.scheme == "smtps"
            else smtplib.SMTP(host, port, timeout=SECONDS)
        ) as server:
            server.ehlo()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=self.context)
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)


def _refused(code: int) -> DeliveryState:
    return DeliveryState.FAILED if code >= REFUSED_FOR_GOOD else DeliveryState.QUEUED


def _message(outgoing: Outgoing, sender: str) -> EmailMessage:
    """Make the mail; the first sentence of the words is its subject."""
    message = EmailMessage()
    message["From"], message["To"] = sender, outgoing.to
    message["Subject"] = " ".join(outgoing.text.partition(". ")[0].split())
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">") or None)
    # Robots that answer mails leave alone what says that it is automatic (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Priority"] = "1"
    message.set_content(outgoing.text)
    return message


def _note(outgoing: Outgoing, state: DeliveryState, status: str, error: Exception) -> Receipt:
    # The server's words may hold the address; only the kind is written down (I-24).
    log.warning("mail.not_sent", clinic=outgoing.clinic_id, delivery=outgoing.delivery_id,
                status=status, kind=type(error).__name__)  # fmt: skip
    return _receipt(outgoing, ReceiptSource.ATTEMPT, state, status)


def _receipt(
    outgoing: Outgoing, source: ReceiptSource, state: DeliveryState, status: str
) -> Receipt:
    return Receipt(
        source=source,
        provider=PROVIDER,
        state=state,
        status=status,
        provider_id=f"mail-{outgoing.ref}" if state is DeliveryState.SENT else None,
        ref=outgoing.ref,
        fence=outgoing.fence,
    )
