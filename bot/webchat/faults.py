"""Everything that can be wrong with a request to the chat: a closed list."""

from enum import Enum
from http import HTTPStatus


class Fault(Enum):
    """What is wrong: a code, the status, whether the same request may succeed later, the words.

    `words` is the key of the sentence for the person, in `locales`.
    """

    NO_CLINIC = ("no_clinic", HTTPStatus.NOT_FOUND, False, "chat.no_clinic")
    NOT_FROM_HERE = ("not_from_here", HTTPStatus.FORBIDDEN, False, "chat.not_kept")
    NO_TOKEN = ("no_token", HTTPStatus.UNAUTHORIZED, True, "chat.not_kept")
    UNREADABLE = ("unreadable", HTTPStatus.BAD_REQUEST, False, "chat.not_kept")
    TOO_LARGE = ("too_large", HTTPStatus.REQUEST_ENTITY_TOO_LARGE, False, "chat.too_long")
    TOO_LONG = ("too_long", HTTPStatus.UNPROCESSABLE_ENTITY, False, "chat.too_long")
    EMPTY = ("empty", HTTPStatus.UNPROCESSABLE_ENTITY, False, "chat.empty")
    TOO_MANY = ("too_many", HTTPStatus.TOO_MANY_REQUESTS, True, "chat.too_many")
    NOT_KEPT = ("not_kept", HTTPStatus.SERVICE_UNAVAILABLE, True, "chat.not_kept")

    def __init__(self, code: str, status: HTTPStatus, can_retry: bool, words: str) -> None:
        self.code = code
        self.status = int(status)
        self.can_retry = can_retry
        self.words = words


class Faulty(Exception):
    """A request cannot be done; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault
