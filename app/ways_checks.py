"""What the ways in which staff are told of dangers still lack, beside the text and the call."""

from collections.abc import Iterator, Mapping

from app.findings import Finding, fine, fix, warn
from bot.channels import apprising
from store.settings import Settings
from store.upkeep.checkup import ClinicState


def check_ways(
    clinic: ClinicState, settings: Settings, environment: Mapping[str, str]
) -> Iterator[Finding]:
    """Check that each way that a clinic has chosen can be gone."""
    if "email" in clinic.alert_channels and not (settings.smtp_url and settings.mail_from):
        yield fix(
            f"{clinic.key}: staff are to be told by e-mail, and no mail server is set.",
            "Set KINLINE_SMTP_URL and KINLINE_MAIL_FROM.",
        )
    if "service" in clinic.alert_channels and not clinic.alert_services:
        yield warn(
            f"{clinic.key}: services are to be told, and the file names none.",
            "Name them in [[clinic.alert_services]] (docs/alerts.md).",
        )
    if clinic.alert_services and "service" not in clinic.alert_channels:
        yield warn(
            f"{clinic.key}: services are named, and dangers are not told to them.",
            'Add "service" to alert_channels, or tick it under Playbook, Duty.',
        )
    if "push" in clinic.alert_channels and settings.push_key is None:
        yield fix(
            f"{clinic.key}: pushes are to go to browsers, and there is no key for them.",
            "Run kinline pushkey once and put what it prints into the environment.",
        )
    elif "push" in clinic.alert_channels and not clinic.browsers:
        yield warn(
            f"{clinic.key}: nobody has switched push on.",
            "Everybody does it for themselves, in each browser: their name, How I am told.",
        )
    elif "push" in clinic.alert_channels:
        yield fine(f"{clinic.key}: push is switched on in {clinic.browsers} browsers.")
    for name, variable in clinic.alert_services:
        yield _service(clinic, name, variable, environment.get(variable, ""))


def _service(clinic: ClinicState, name: str, variable: str, address: str) -> Finding:
    """Check one address; it is a secret and is never said."""
    if not address:
        return fix(
            f"{clinic.key}: the variable {variable} is not set.",
            f"It holds the address of the service “{name}”, for the process that sends.",
        )
    if not apprising.is_address(address):
        return fix(
            f"{clinic.key}: the address in {variable} is none that apprise knows.",
            "Write it as https://github.com/caronc/apprise/wiki says for your service.",
        )
    return fine(f"{clinic.key}: the service “{name}” has an address; try it under Playbook, Duty.")
