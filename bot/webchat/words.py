"""The words of the chat page in one language: labels, telephones, whether somebody is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_datetime

from locales.catalogs import SOURCE, Catalogs, Status, direction
from locales.replies import Speaker
from locales.times import Saying, When
from routing.hours import window_at
from routing.situation import ClinicView
from routing.types import Automation

ALLOW_DRAFT = "allow_draft"
FOR_SCRIPT = (
    "sending", "sent", "waiting", "back", "too_long", "empty", "not_kept", "too_many", "you",
)  # fmt: skip
"""What the page's script says by itself, without its `chat.`."""

OF_WIDGET = ("open_button", "panel", "close", "news")


@dataclass(frozen=True)
class Words:
    """What the page of one clinic says to one visitor."""

    speaker: Speaker
    clinic: ClinicView
    tag: str

    @property
    def direction(self) -> str:
        """Tell in which direction the language is written: `ltr` or `rtl`."""
        return direction(self.tag)

    def say(self, key: str, when: When | None = None) -> str:
        """Word one label of the page."""
        values: dict[str, str | When] = dict(self._values)
        if when is not None:
            values["when"] = when
        # Whether drafts may be shown at all was decided with the language (`offered`).
        said = self.speaker.say(f"chat.{key}", (self.tag,), policy="allow_draft", params=values)
        return said.text

    def standing(self, now: datetime) -> str:
        """Say before anybody types whether somebody is there, and what an answer may be.

        Like the automatic texts it promises no reading while it is closed for good, and never
        says that anybody has read anything (C14).
        """
        window = window_at(self.clinic.schedule, now)
        zone = self.clinic.schedule.timezone
        when = When(Saying.AT, window.ends, now, zone) if window.ends else None
        state = "open" if window.is_open else "closed"
        sentence = self.say(state if when else f"{state}_no_time", when)
        if self.clinic.automation is Automation.ON:
            return sentence
        return f"{sentence} {self.say('no_automatic')}"

    def moment(self, at: datetime) -> str:
        """Word when something was said, at the clinic's time."""
        zone = ZoneInfo(self.clinic.schedule.timezone)
        return format_datetime(at.astimezone(zone), "short", locale=_locale(self.tag))

    def for_script(self) -> dict[str, str]:
        """Give the sentences that the script of the page may need."""
        return {key: self.say(key) for key in FOR_SCRIPT} | {"clinic": self.clinic.name}

    @cached_property
    def _values(self) -> dict[str, str]:
        return {
            "clinic": self.clinic.name,
            "emergency": self.clinic.emergency_number,
            "on_call": self.clinic.on_call_phone,
        }


def offered(catalogs: Catalogs, clinic: ClinicView) -> tuple[str, ...]:
    """List the languages that the page of a clinic may be shown in, its first one first.

    Where only reviewed words may be used (DESIGN 6), a language counts when every word of the
    page and of the times in it is. English is always among them, because it is the source.
    """
    found = [catalogs.resolve(tag) for tag in clinic.languages]
    usable = [tag for tag in found if tag is not None and _is_usable(catalogs, clinic, tag)]
    return tuple(dict.fromkeys((*usable, SOURCE) if SOURCE not in usable else usable))


def chosen(tags: Sequence[str], wanted: str, accepted: str) -> str:
    """Choose one of some languages: the one that was clicked, else the first that is accepted.

    Args:
        tags: what is offered; the first is the clinic's own.
        wanted: a tag from the address, or nothing.
        accepted: the header of the browser, `es-MX,es;q=0.9,en;q=0.5`.
    """
    asked = [part.partition(";")[0].strip() for part in accepted.split(",")]
    for tag in (wanted, *asked):
        base = tag.lower().partition("-")[0]
        found = next((t for t in tags if t.lower() in {tag.lower(), base}), None)
        if found is not None:
            return found
    return tags[0]


def own_name(tag: str) -> str:
    """Name a language in itself, for those who read no other."""
    return str(_locale(tag).get_display_name() or tag).capitalize()


def widget_words(catalogs: Catalogs) -> dict[str, dict[str, str]]:
    """Give the few words of the button that opens the chat, in every language, and its `dir`."""
    return {
        tag: {name: catalogs.text(f"chat.{name}", tag) or "" for name in OF_WIDGET}
        | {"dir": direction(tag)}
        for tag in catalogs.tags
        if all(catalogs.text(f"chat.{name}", tag) for name in OF_WIDGET)
    }


def _locale(tag: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE)


def _is_usable(catalogs: Catalogs, clinic: ClinicView, tag: str) -> bool:
    if tag == SOURCE:
        return True
    worst = {Status.REVIEWED} if clinic.template_policy != ALLOW_DRAFT else {
        Status.REVIEWED, Status.DRAFT
    }  # fmt: skip
    needed = (key for key in catalogs.keys if key.startswith(("chat.", "time.")))
    return all(catalogs.status(key, tag) in worst for key in needed)
