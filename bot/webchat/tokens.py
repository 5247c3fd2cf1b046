"""Who a visitor is: whoever holds a random token, and nobody else (A-10)."""

import hashlib
import re
import secrets

TOKEN_BYTES = 32  # A-10 asks for 16 at least
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_MESSAGE = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
_SHOWN = 32  # hexadecimal digits, 128 bits: what staff see of it opens nothing


def new_token() -> str:
    """Make a token; only the visitor's browser keeps it."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def is_token(word: str) -> bool:
    """Tell whether a word looks like a token of ours."""
    return _TOKEN.fullmatch(word) is not None


def address_of(token: str, clinic_key: str) -> str:
    """Give the address of the thread that a token opens in one clinic.

    It is a digest, so that nobody who reads addresses (staff, exports) can write as the visitor
    (A-12), and there is no list of tokens to lose. A token nobody has written with opens an empty
    thread of its own.
    """
    return f"chat-{_digest('visitor', clinic_key, token)[:_SHOWN]}"


def new_message_id() -> str:
    """Make a name for one message of a page without scripts."""
    return secrets.token_hex(16)


def is_message_id(word: str) -> bool:
    """Tell whether a page may have given this name to a message."""
    return _MESSAGE.fullmatch(word) is not None


def message_name(address: str, message_id: str, text: str) -> str:
    """Name a message for ever; two visitors who give the same id never meet, nor do two texts."""
    return _digest("message", address, message_id, text)[:_SHOWN]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
