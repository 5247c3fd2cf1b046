"""The `kinline` command: finds out what is wanted, and loads only what that needs."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from app.terminal import Refused, complain

DEFAULT_PORT = 8000
LOOPBACK = "127.0.0.1"
EXIT_CODES = "Exit code: 0 done, 1 done but something must be mended, 2 refused, with the reason."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code: 0 done, 1 done but something must be mended, 2 refused (one line per fault).
    """
    _speak_utf8()
    wanted = _parser().parse_args(arguments)
    try:
        return _run(wanted)
    except Refused as refused:
        complain(*refused.lines)
        return 2
    except BrokenPipeError:
        # Whoever read our lines has enough of them (`kinline inbox --json | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _run(wanted: argparse.Namespace) -> int:
    """Call the command; imports stand here so that `triage` and `--help` start at once."""
    match wanted.command:
        case "serve":
            from app import serve  # noqa: PLC0415

            return serve.run(wanted.host, wanted.port, wanted.role)
        case "triage" if wanted.compare:
            from app import triage_compare  # noqa: PLC0415

            return triage_compare.run(sys.stdin, sys.stdout, sys.stderr, old=wanted.compare)
        case "triage":
            from app import triage_command  # noqa: PLC0415

            return triage_command.run(
                sys.stdin, sys.stdout, sys.stderr, pretty=wanted.pretty, readers=wanted.reader
            )
        case "lexicon":
            from app import lexicon_command  # noqa: PLC0415

            if wanted.act == "save":
                return lexicon_command.save(wanted.file, force=wanted.force)
            return lexicon_command.check(wanted.tag, everything=wanted.all)
        case "demo":
            from app.demo import show  # noqa: PLC0415

            return show.run(wanted.host, wanted.port)
        case "doctor" | "audit" | "pushkey":
            return _set_up(wanted)
        case "backup":
            from app import backup  # noqa: PLC0415

            return backup.back_up(wanted.file, force=wanted.force)
        case "restore":
            from app import backup  # noqa: PLC0415

            return backup.restore(wanted.file, force=wanted.force)
        case _:
            from app import clinic_commands  # noqa: PLC0415

            return clinic_commands.run(wanted)


def _set_up(wanted: argparse.Namespace) -> int:
    if wanted.command == "pushkey":
        from app import pushing  # noqa: PLC0415

        return pushing.run()
    if wanted.command == "audit":
        from app import audit_command  # noqa: PLC0415

        return audit_command.run(once=wanted.once)
    from app import doctor  # noqa: PLC0415

    return doctor.run(online=wanted.online)


def _speak_utf8() -> None:
    """Read and write UTF-8 whatever the machine is set to; families write in every script."""
    for stream, errors in (
        (sys.stdin, "surrogateescape"),
        (sys.stdout, "backslashreplace"),
        (sys.stderr, "backslashreplace"),
    ):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="kinline",
        description="One number for families of children with medical complexity. "
        "Sorts and routes messages for staff; gives no medical advice; not for emergencies.",
        epilog=EXIT_CODES,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    serve = _add(commands, "serve", "take messages, send answers, show the staff pages")
    serve.add_argument("--host", default=LOOPBACK, help=f"address to listen on ({LOOPBACK})")
    serve.add_argument("--port", type=_port, default=DEFAULT_PORT, help=f"({DEFAULT_PORT})")
    serve.add_argument(
        "--role", choices=("all", "web", "worker"), default="all", help="what to do here (all)"
    )

    apply = _add(commands, "apply", "create or update a clinic from a file")
    apply.add_argument("file", metavar="FILE.toml")

    inbox = _add(commands, "inbox", "print the open episodes, in the order of the inbox")
    inbox.add_argument("--json", action="store_true", required=True, help="one object per line")
    inbox.add_argument("--clinic", metavar="KEY", help="of this clinic only")

    invite = _add(commands, "invite", "print a link that sets a new password, once")
    invite.add_argument("email", metavar="EMAIL", help="of somebody who works here")

    triage = _add(commands, "triage", "judge messages given as JSON lines")
    triage.add_argument("--pretty", action="store_true", help="explain each in sentences")
    triage.add_argument(
        "--reader",
        choices=("linear", "meaning"),
        nargs="+",
        default=[],
        help="as it is with these second readers behind the rules",
    )
    triage.add_argument(
        "--compare",
        type=Path,
        metavar="OLD",
        help="print what moved since the rules and words of a folder or a saved file",
    )

    lexicon = _add(commands, "lexicon", "look after the rules and words of triage")
    acts = lexicon.add_subparsers(dest="act", required=True, metavar="ACT")
    check = _add(acts, "check", "say what should be mended; exit code 1 if anything")
    check.add_argument("tag", nargs="*", help="of these languages only, without the rules")
    check.add_argument("--all", action="store_true", help="also what is only worth a look")
    save = _add(acts, "save", "keep this version in a file, to compare with later")
    save.add_argument("file", type=Path, metavar="FILE")
    save.add_argument("--force", action="store_true", help="replace what is there")

    _add(commands, "migrate", "bring the database up to date")
    audit = _add(commands, "audit", "watch for what must never be, apart from serve")
    audit.add_argument("--once", action="store_true", help="look once; exit code 1 for trouble")

    _add(commands, "pushkey", "make the key for pushes to the browsers of staff")

    doctor = _add(commands, "doctor", "check a set-up and say what to fix")
    doctor.add_argument("--online", action="store_true", help="also ask Twilio about the account")

    for name, what in (
        ("backup", "copy the database to a file"),
        ("restore", "put a copy in the place of the database"),
    ):
        copy = _add(commands, name, what)
        copy.add_argument("file", metavar="FILE")
        copy.add_argument("--force", action="store_true", help="replace what is there")

    export = _add(commands, "export", "print everything of a clinic as JSON lines")
    export.add_argument("--clinic", metavar="KEY", required=True)

    demo = _add(commands, "demo", "a trial clinic with a pretend phone in the browser")
    demo.add_argument("--host", default=LOOPBACK, help="a loopback address only")
    demo.add_argument("--port", type=_port, help=f"({DEFAULT_PORT}, or any free one)")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, what: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}.", epilog=EXIT_CODES
    )


def _port(text: str) -> int:
    highest = 65_535
    if not text.isdecimal() or int(text) > highest:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port, a number from 0 to {highest}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
