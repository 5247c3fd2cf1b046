"""The words of the staff pages in the languages of staff, from `locales/<tag>/…/staff.po`."""

import gettext
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from admin.alert_words import OF_ALERTS
from admin.fixed_words import FIXED, N_

SOURCE_LANGUAGE = "en"
OFFERED = (
    "en", "es", "zh", "vi", "ar", "ko", "fil", "ru", "ht", "pt", "fr", "so",
    "pl", "uk", "fa", "hi", "ur", "sw", "ne", "am", "bn", "id",
)  # fmt: skip
"""The languages that pages offer for a family (FACTS, section on languages)."""


@lru_cache
def translations(tag: str) -> gettext.NullTranslations:
    """Load the catalog of a language; fuzzy guesses are left out, English stands in for gaps."""
    catalog_file = files("locales").joinpath(tag, "LC_MESSAGES", "staff.po")
    compiled = BytesIO()
    with catalog_file.open("rb") as opened:
        write_mo(compiled, read_po(opened, locale=tag), use_fuzzy=False)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def chosen(wanted: Iterable[str]) -> str:
    """Choose the first wanted language that the staff pages speak, else English."""
    for tag in wanted:
        base = tag.replace("_", "-").split("-")[0].lower()
        if base.isalpha() and files("locales").joinpath(base, "LC_MESSAGES", "staff.po").is_file():
            return base
    return SOURCE_LANGUAGE


@lru_cache
def spoken() -> tuple[str, ...]:
    """List the languages that the staff pages speak, English first."""
    found = (folder.name for folder in files("locales").iterdir()
             if folder.joinpath("LC_MESSAGES", "staff.po").is_file())  # fmt: skip
    return tuple(sorted(found, key=lambda tag: (tag != SOURCE_LANGUAGE, tag)))


def asked_for(accept_language: str) -> tuple[str, ...]:
    """Read the languages of an `Accept-Language` header, in the order they stand."""
    return tuple(part.split(";")[0].strip() for part in accept_language[:200].split(",") if part)


PHRASES: Mapping[str, Mapping[str, str]] = {
    **FIXED,
    **OF_ALERTS,
    "urgency": {
        "emergency": N_("Emergency"),
        "urgent": N_("Urgent"),
        "soon": N_("Soon"),
        "routine": N_("Routine"),
    },
    "hazard": {
        "medical": N_("Medical danger"),
        "self_harm": N_("Self-harm"),
        "violence": N_("Violence"),
        "poison": N_("Poisoning"),
    },
    "view": {
        "all": N_("All open"),
        "mine": N_("Mine"),
        "team": N_("Team"),
        "unclaimed": N_("Unclaimed"),
        "waiting": N_("Put off"),
        "to_read": N_("For you to release"),
        "routing": N_("Needs routing"),
    },
    "empty": {
        "all": N_("Nobody is waiting"),
        "mine": N_("Nothing waits for you"),
        "team": N_("Nothing waits for the team"),
        "unclaimed": N_("Every sender is known"),
        "waiting": N_("Nothing is put off"),
        "to_read": N_("No draft waits for your languages"),
        "routing": N_("Every text reached a clinic"),
    },
    "state": {
        "open": N_("Open"),
        "waiting": N_("Waiting for somebody"),
        "snoozed": N_("Snoozed"),
        "resolved": N_("Resolved"),
    },
    "delivery": {
        "queued": N_("waiting to be sent"),
        "sending": N_("being sent"),
        "sent": N_("sent, not yet confirmed"),
        "delivered": N_("delivered"),
        "failed": N_("not delivered"),
        "blocked": N_("cannot text: call"),
        "expired": N_("not sent: too old"),
        "unwanted": N_("not sent: no longer wanted"),
        "unknown": N_("not certain whether it was sent"),
    },
    "child": {
        "active": "",
        "admitted": N_("in hospital"),
        "moved": N_("moved away"),
        "deceased": N_("deceased"),
    },
    "outcome": {
        "answered": N_("Answered by text"),
        "called": N_("Called the family"),
        "emergency_care": N_("Went to the emergency department"),
        "not_needed": N_("No answer needed"),
    },
    "event": {
        "inbound": N_("Message from the family"),
        "staffaction": N_("Done by a person"),
        "timerdue": N_("Something was due"),
        "receipt": N_("Report of delivery"),
        "secondopinion": N_("Read once more by a second reader"),
    },
    "channel": {
        "sms": N_("text message"),
        "webchat": N_("web chat"),
        "console": N_("pretend phone"),
    },
    "problem": {
        "newer_message": N_(
            "A new message has come in since you opened this page. It is shown above. "
            "Read it, then send again."
        ),
        "needs_outcome": N_("Say how it ended before you resolve something this urgent."),
        "not_answered": N_(
            "Nobody has answered this family yet. Say how it ended before you resolve it."
        ),
        "already_closed": N_("Somebody has already resolved this."),
        "cannot_text": N_("Texts do not reach this family. Please call."),
        "empty_text": N_("Write something first."),
        "too_long": N_("This is too long. Please shorten it."),
        "already_sent": N_("Too late to take back: it has left."),
        "too_urgent": N_("Something this urgent cannot be put off."),
        "nurses_only": N_("Only a nurse lowers a medical danger."),
        "needs_reason": N_("Choose another level and say why."),
        "draft_is_gone": N_("Somebody has sent this draft already, or taken it away."),
        "has_unsent": N_(
            "A reply to this family has not left yet. Say at the bottom what becomes of it."
        ),
        "needs_why_now": N_("Say why it cannot wait for your hours, or send it when they begin."),
        "needs_time": N_("Choose a time that is still to come."),
        "has_owner": N_("Somebody was faster: it has an owner."),
        "not_here": N_("Nothing has changed: they do not work here any more. Choose again."),
        "has_newer": N_("The family has something newer with us. Go on there."),
        "too_late": N_(
            "This was resolved more than a day ago. Write to the family from its page instead."
        ),
        "has_open": N_("Something is open with them already. Answer there."),
        "already_known": N_("This sender belongs to a family by now."),
        "needs_name": N_("Say who is writing."),
        "needs_child": N_("Name the child that this is about."),
        "not_at_home": N_("No child of this family is at home."),
        "needs_birth_month": N_("Write the month of birth like 2021-03."),
        "not_usual": N_(
            "Nothing was saved: say it in words, with a lowest value and a day within a year."
        ),
        "nothing_to_pass_on": N_("Nobody is being told of this any more: nothing to pass on."),
    },
    "fault": {
        "opted_out": N_("They have stopped texts."),
        "unusable_number": N_("This number cannot take texts."),
        "chat_closed": N_("The chat was closed before they could read it."),
        "temporary": N_("The phone or its network was away."),
        "throttled": N_("Too many texts went out at once."),
        "blocked": N_("The carrier refused the text."),
        "rejected": N_("The text was refused because of a mistake of ours."),
        "configuration": N_("Texting is not set up correctly."),
        "expired": N_("It was too late to send the text."),
        "unknown": N_("The reason is not known."),
    },
    "done": {
        "judged": N_("Noted. Supervisors see how many pages were right."),
        "broadcast": N_("Approved. The words begin to leave in half a minute."),
        "stopped": N_("Stopped. What had already left has left."),
        "drafted": N_("The draft waits for a colleague. The family has not got it yet."),
        "withdrawn": N_("The draft is taken away. The family has not got it."),
        "replied": N_("Your reply is on its way."),
        "held": N_("Your reply waits to leave. The family has not got it yet."),
        "taken": N_("You have taken this."),
        "was_taken": N_("Somebody was faster and has taken it: see below who."),
        "next": N_("It is yours now."),
        "nothing_left": N_("Nothing waits for the team."),
        "shared": N_("Shared out. What nobody on duty can take stays here."),
        "attached": N_("This sender now belongs to the family."),
        "resolved": N_("Resolved."),
        "reopened": N_("It is open again."),
        "removed": N_("Removed:"),
        "taken_back": N_("Taken back. Your words are in the box again."),
        "noted": N_("Noted."),
        "followed": N_("Followed up."),
        "called": N_("The call is logged."),
        "handed": N_("It has another owner now."),
        "level": N_("The level is changed."),
        "put_off": N_("Put off. It comes back by itself."),
        "back": N_("It is back."),
        "passed": N_("Passed on: the next person is being told."),
        "changed": N_("Saved."),
        "switched_on": N_("Push is on in this browser. Try it now."),
        "trying": N_("The test is on its way. What becomes of it stands below."),
        "some_left": N_("Saved. Days that had something set already were left as they were."),
        "welcomed": N_("The family is written down, and you coordinate it."),
        "heard": N_("Added, and judged like a text."),
    },
    "day": {
        "mon": N_("Monday"),
        "tue": N_("Tuesday"),
        "wed": N_("Wednesday"),
        "thu": N_("Thursday"),
        "fri": N_("Friday"),
        "sat": N_("Saturday"),
        "sun": N_("Sunday"),
    },
    "closed": {
        "night": N_("outside the hours"),
        "weekend": N_("weekend"),
        "holiday": N_("holiday"),
        "closing": N_("closed for now"),
    },
    "mode": {
        "on": N_("On: families get automatic answers, staff are alerted"),
        "shadow": N_("Shadow: everything is sorted and shown, nothing is sent by itself"),
        "off": N_("Off: no automatic answers"),
    },
    "role": {
        "coordinator": N_("Coordinator"),
        "nurse": N_("Nurse"),
        "supervisor": N_("Supervisor"),
        "admin": N_("Administrator"),
    },
    "role_does": {
        "coordinator": N_("answers families"),
        "nurse": N_("also lowers a medical danger, is told of one"),
        "supervisor": N_("also sees the playbook"),
        "admin": N_("also changes the playbook and this list"),
    },
    "person": {
        "email": N_("Write it like ana@clinic.example."),
        "email_taken": N_("Somebody with this address is known already."),
        "name": N_("Write the name; families see the first name under a reply."),
        "roles": N_("Choose at least one."),
        "last_admin": N_(
            "Nobody else who can sign in is an administrator. Make another one first."
        ),
        "pages": N_("Choose one of these."),
        "phone": N_("This is not a telephone number. Write it like +13125550121."),
        "phone_of_staff": N_("A colleague has this number already."),
        "phone_of_clinic": N_("This is the clinic's own number."),
        "phone_of_family": N_(
            "A family texts from this number. Its texts would be taken for notes of staff."
        ),
        "no_such_backup": N_("Choose a colleague who works here."),
    },
    "person_event": {
        "staff.added": N_("invited"),
        "staff.changed": N_("changed"),
        "staff.invited": N_("new link made"),
        "staff.hours": N_("hours changed"),
        "invitation_accepted": N_("password chosen"),
        "staff.deactivated": N_("no longer works here"),
        "staff.reactivated": N_("works here again"),
    },
    "usual": {
        "breathing.saturation_low": N_("low oxygen saturation"),
        "seizure.any": N_("a seizure that is over"),
        "seizure.spoken_of": N_("seizures spoken of"),
        "seizure.rescue_given": N_("rescue medicine was given"),
    },
    "calendar": {
        "empty": N_("The file is empty, or none was chosen."),
        "too_large": N_("The file is too large."),
        "not_text": N_("This is not text in UTF-8."),
        "no_calendar": N_("This is no calendar: it does not begin with BEGIN:VCALENDAR."),
        "cut_off": N_("The file is cut off: END:VCALENDAR is missing."),
        "not_closed": N_("An event begins here and does not end."),
        "not_begun": N_("An event ends here and has not begun."),
        "too_many_events": N_("There are more than 1000 events."),
        "too_many_days": N_("There are more than 100 days in the coming year up to here."),
        "event": N_("The event that begins here cannot be read."),
        "too_long": N_("The event that begins here is longer than 60 days, or too old."),
        "repeats": N_("The event that begins here repeats in a way that closed days do not."),
        "address": N_("This address, or one that it leads to, is not open to everybody."),
        "too_slow": N_("Its server is too slow."),
        "not_found": N_("There is nothing at this address any more."),
        "refused": N_("Its server wants a password, which Kinline does not give."),
        "unreachable": N_("Its server does not answer as it should."),
        "failed": N_("There was no answer."),
        "not_https": N_("Write an address that begins with https:// and holds no password."),
        "too_many": N_("Five calendars are the most; take another one away first."),
    },
    "lack": {
        "nobody": N_("nobody"),
        "left": N_("no longer works here"),
        "no_phone": N_("no telephone"),
        "away": N_("is away"),
    },
    "date": {
        "date": N_("Choose a day."),
        "over": N_("This day is over."),
        "reason": N_("Use a name of at most 200 characters."),
    },
    "away": {
        "who": N_("Choose who is away."),
        "cover": N_("Choose somebody else, or the team."),
        "date": N_("Choose a day."),
        "last": N_("The last day is not before the first."),
    },
    "later": {
        "hour": N_("in an hour"),
        "afternoon": N_("this afternoon"),
        "tomorrow": N_("tomorrow morning"),
        "monday": N_("Monday morning"),
    },
}
"""Closed sets in words; `say(kind, key)` in templates shows an unknown key as it is."""
