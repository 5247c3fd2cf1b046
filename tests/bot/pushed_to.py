"""A browser that takes pushes: it has keys of its own, and reads what its service was handed."""

import base64
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bot.channels.push import Push, new_key, public_key
from store.browsers import Browser, Pushing
from tests.bot.posted import Posted

KEY = new_key()


def written(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).rstrip(b"=").decode()


@dataclass
class Firefox:
    """A browser of Nils: it has keys of its own, and reads what is pushed to it."""

    posted: Posted
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"sixteen bytes ok"
    forgotten: list[tuple[int, str]] = field(default_factory=list)

    @property
    def browser(self) -> Browser:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        endpoint = f"http://127.0.0.1:{self.posted.port}/push/s3cr3t"
        return Browser(endpoint, written(point), written(self.auth))

    def channel(self, *hosts: str, found: Browser | None = None) -> Push:
        pushing = Pushing(public_key(KEY), hosts or ("127.0.0.1",))
        return Push(
            KEY, "https://kinline.maple.example", pushing, lambda *_: found or self.browser,
            lambda clinic_id, ref: self.forgotten.append((clinic_id, ref)),
        )  # fmt: skip

    def read(self, body: bytes) -> str:
        return str(http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth,
                                    version="aes128gcm").decode())  # fmt: skip
