"""What must be right before the families of one clinic can rely on it."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from app.findings import Finding, fine, fix, warn
from locales.catalogs import Catalogs, Status
from routing.types import Automation
from routing.watch import Lack
from store.upkeep.checkup import TEST_CALL_LASTS, ClinicState

SAFETY = "safety."
LACKS = {
    None: "nobody",
    Lack.NOBODY: "nobody",
    Lack.LEFT: "who had it no longer works here",
    Lack.NO_PHONE: "who has it has no telephone",
    Lack.AWAY: "who has it is away",
}


def check_clinic(clinic: ClinicState, words: Catalogs) -> Iterator[Finding]:
    """Check what administrators have set for one clinic."""
    for finding in (
        _emergency(clinic),
        _numbers(clinic),
        *_found(clinic),
        _hours(clinic),
        _mode(clinic),
        *_on_call(clinic),
        _ways(clinic),
        *(_language(clinic, tag, words) for tag in clinic.languages),
        _test_call(clinic),
        _administrator(clinic),
    ):
        yield Finding(finding.level, f"{clinic.key}: {finding.what}", finding.advice)


def _emergency(clinic: ClinicState) -> Finding:
    if not clinic.emergency_number or not clinic.on_call_phone:
        return fix(
            "emergency_number or on_call_phone is not set.",
            "Every safety text needs both; set them in the file and apply it.",
        )
    return fine(f"in an emergency families hear {clinic.emergency_number}, then the on-call phone.")


def _numbers(clinic: ClinicState) -> Finding:
    if not clinic.numbers:
        return fix("no number for texts.", "Set sms_numbers in the file and apply it.")
    return fine(f"texts come to {', '.join(clinic.numbers)}.")


def _found(clinic: ClinicState) -> Iterator[Finding]:
    if clinic.found:
        yield warn(
            f"{clinic.found} texts of the last seven days came late: Twilio had not told us of "
            "them, Kinline found them in its records.",
            "Look at the number's webhook and at the error log in Twilio's console.",
        )


def _hours(clinic: ClinicState) -> Finding:
    if not clinic.opens:
        return warn("the office never opens.", "Families are told no time; is [hours] missing?")
    return fine(f"office hours are set, in the time zone {clinic.timezone}.")


def _mode(clinic: ClinicState) -> Finding:
    match Automation(clinic.automation):
        case Automation.ON:
            return fine("automation is on.")
        case Automation.SHADOW:
            return warn(
                "automation is in shadow: it reads and judges, and sends nothing by itself (C22).",
                'When staff trust what they see, set automation = "on".',
            )
        case Automation.OFF:
            return warn(
                "automation is off: only people answer.", 'Is that meant? Else automation = "on".'
            )


def _on_call(clinic: ClinicState) -> Iterator[Finding]:
    if not clinic.on_call and not clinic.lines:
        yield fix(
            "nobody is on call.",
            "An emergency must reach a person: list staff in [[on_call]] and apply the file.",
        )
    silent = [email for email, has_phone in clinic.on_call if not has_phone]
    for email in silent:
        yield fix(f"{email} is on call and has no phone.", "Set it in [[staff]].")
    if clinic.on_call and not silent:
        yield fine(f"{len(clinic.on_call)} on call, each with a phone.")
    if clinic.lines:
        yield from _turns(clinic)


def _turns(clinic: ClinicState) -> Iterator[Finding]:
    """Announce the gaps of the coming weeks before an emergency finds them."""
    for starts, ends in clinic.bare:
        yield fix(
            f"nobody on call can be told {_from_to(clinic, starts, ends)}.",
            "Give the turn to somebody under Playbook, Duty.",
        )
    for gap in clinic.gaps:
        if not gap.is_bare:
            when = _from_to(clinic, gap.stretch.starts, gap.stretch.ends)
            yield warn(
                f"the line “{gap.line.name}” has a gap {when} ({LACKS[gap.stretch.lack]}).",
                "The next on call is told instead; see Playbook, Duty.",
            )
    if not clinic.gaps:
        yield fine(
            f"On-call turns: no gap in the coming eight weeks (their lines: {clinic.lines})."
        )


def _from_to(clinic: ClinicState, starts: datetime, ends: datetime) -> str:
    zone = ZoneInfo(clinic.timezone)
    first, last = (f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" for moment in (starts, ends))
    return f"from {first} until {last}"


def _ways(clinic: ClinicState) -> Finding:
    if "call" in clinic.alert_channels:
        return fine("dangers at night make telephones ring.")
    return warn(
        "staff are told of dangers by text alone, and a text can be slept through.",
        'Where your number can make calls, set alert_channels = ["call"] (docs/alerts.md).',
    )


def _language(clinic: ClinicState, tag: str, words: Catalogs) -> Finding:
    safety = [key for key in words.keys if key.startswith(SAFETY)]
    levels = {words.status(key, tag) for key in safety}
    if Status.MISSING in levels:
        return warn(
            f"{tag}: not all safety texts have words in this language.",
            "Families get English and a line that says whom to call; docs/languages.md says how "
            "to add words.",
        )
    if Status.DRAFT in levels:
        return warn(
            f"{tag}: not all safety texts are reviewed ({clinic.template_policy}).",
            "Until then they are sent in two languages; docs/languages.md says how a review works.",
        )
    return fine(f"{tag}: all safety texts are reviewed.")


def _test_call(clinic: ClinicState) -> Finding:
    if clinic.was_test_called:
        return fine("the on-call phone was tested lately.")
    return warn(
        f"no test call to the on-call number in the last {TEST_CALL_LASTS.days} days (C17).",
        "Call the clinic's number out of hours and see that a person answers.",
    )


def _administrator(clinic: ClinicState) -> Finding:
    if clinic.admins == 0:
        return warn("no member of staff is an admin.", 'Give one the role "admin".')
    return fine(f"{clinic.families} families, {clinic.admins} administrators.")
