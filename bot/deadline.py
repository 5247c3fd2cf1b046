"""An HTTP connection to one address, with one deadline for everything that is read from it."""

import http.client
import io
import socket
import ssl
import time
from typing import Any, Literal

CONNECT_SECONDS = 5.0


class DeadlineConnection(http.client.HTTPConnection):
    """A connection that calls `address`, whatever the name of the host says by now.

    Args:
        host: the name, for TLS and the Host header.
        port: where it listens.
        address: the IP address that was judged.
        secure: speak TLS and check the certificate against `host`.
        deadline: of `time.monotonic()`; later reads and writes raise `TimeoutError`.
    """

    def __init__(
        self, host: str, port: int, address: str, *, secure: bool, deadline: float
    ) -> None:
        self.default_port = 443 if secure else 80
        super().__init__(host, port)
        self._address = address
        self._secure = secure
        self._deadline = deadline

    def connect(self) -> None:
        """Connect to the judged address; the certificate must be the named host's."""
        left = max(0.001, self._deadline - time.monotonic())
        plain = socket.create_connection((self._address, self.port), min(CONNECT_SECONDS, left))
        try:
            timed = (
                ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
                if self._secure
                else plain
            )
        except BaseException:
            plain.close()
            raise
        self.sock: Any = _TimedSocket(timed, self._deadline)


class _TimedSocket:
    """What `http.client` needs of a socket, with one deadline for everything.

    A time-out per read would let a server hold us for ever by sending one byte at a time.
    """

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, _mode: Literal["rb"]) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._sock.makefile("rb", buffering=0), self))

    def sendall(self, data: bytes) -> None:
        self.wait_no_longer()
        self._sock.sendall(data)

    def close(self) -> None:
        self._sock.close()

    def wait_no_longer(self) -> None:
        """Allow the next read or write only what is left of the time."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)


class _TimedReader(io.RawIOBase):
    """The reading side of a `_TimedSocket`; open until the answer has been read."""

    def __init__(self, raw: io.RawIOBase, timed: _TimedSocket) -> None:
        self._raw = raw
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._timed.wait_no_longer()
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
