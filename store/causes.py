"""Says why a database does not answer, in words for whoever can mend it.

The words come from the driver's codes, never from its own text: that may hold names and values.
"""

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_DAMAGED = "the file is damaged; stop Kinline and restore the last copy (kinline restore FILE)"
_REFUSED = "the server refuses the name or the password"
# https://www.sqlite.org/rescode.html
_SQLITE = {
    "SQLITE_CANTOPEN": "the file cannot be opened; is the folder there, and open to this user?",
    "SQLITE_NOTADB": f"this is no SQLite database, or {_DAMAGED}",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "the file or its folder may only be read",
    "SQLITE_BUSY": "somebody else holds it for too long",
    "SQLITE_LOCKED": "somebody else holds it for too long",
    "SQLITE_IOERR": "the disk does not answer",
    "SQLITE_PERM": "the file is closed to this user",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html, a class or a whole code
_POSTGRES = {
    "28": _REFUSED,
    "3D": "the server has no database of that name; make it with createdb",
    "53": "the server has no room left: connections, memory or disk",
    "55P03": "a table stayed locked",
    "57014": "it took too long",
    "57P03": "the server is just starting or stopping",
    "57": "the server is stopping",
    "25006": "the server may only be read; is it a standby?",
}
# A connection that never was has no code; libpq's words, which are the same in any language that
# it has not been told to speak.
_CONNECTING = {
    "password authentication failed": _REFUSED,
    "no password supplied": _REFUSED,
    "no pg_hba.conf entry": _REFUSED,
    "does not exist": "the server has no such database or user",
    "onnection refused": "nothing listens at that address; is the server running?",
    "No such file or directory": "nothing listens at that socket; is the server running?",
    "resolve host": "the name of the host is unknown",
    "translate host": "the name of the host is unknown",
    "timeout expired": "no answer in time; is the address right?",
    "connection timeout": "no answer in time; is the address right?",
}


def cause(error: Exception) -> str:
    """Say why; the kind of the error where it is none of the known ones.

    Args:
        error: what SQLAlchemy raised.
    """
    if isinstance(error, PoolTimeoutError):
        return "all connections are busy"
    origin = error.orig if isinstance(error, DBAPIError) else None
    if name := getattr(origin, "sqlite_errorname", None):
        # An extended name begins with its primary one: SQLITE_IOERR_WRITE.
        primary = "_".join(str(name).split("_")[:2])
        return _SQLITE.get(primary, primary)
    if code := getattr(origin, "sqlstate", None):
        return _POSTGRES.get(code) or _POSTGRES.get(code[:2]) or f"code {code}"
    said = str(origin)
    known = (words for sign, words in _CONNECTING.items() if sign in said)
    return next(known, type(error).__name__)
