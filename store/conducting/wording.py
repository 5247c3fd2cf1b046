"""Puts a decision into words: the clinic's numbers and times into the texts of `locales`."""

from datetime import datetime

from locales.replies import Policy, Said, Speaker
from locales.times import Saying, When
from routing.decision import HumanReply, Reply, Tell
from routing.situation import ClinicView
from routing.types import ReplyKey

SUICIDE_LINE = "988"  # United States (FACTS H); the key is used for no other country
ALLOW_DRAFT: Policy = "allow_draft"  # staff, too, rather read a draft than nothing


def word_reply(speaker: Speaker, reply: Reply, clinic: ClinicView, now: datetime) -> Said:
    """Word an automatic text to a family."""
    values: dict[str, str | When] = {
        "clinic": clinic.name,
        "emergency": clinic.emergency_number,
        "on_call": clinic.on_call_phone,
        "suicide_line": SUICIDE_LINE,
        "comfort_phone": reply.phone or clinic.on_call_phone,
        "holiday": reply.holiday,
        "coordinator": reply.away,
        "cover": reply.cover,
    }
    if reply.due is not None:
        saying = Saying.BY if reply.key in ReplyKey.promising() else Saying.AT
        values["when"] = When(saying, reply.due, now, clinic.schedule.timezone)
    known = {name: value for name, value in values.items() if value}
    policy: Policy = "allow_draft" if clinic.template_policy == ALLOW_DRAFT else "reviewed_only"
    own = speaker.of(clinic.own_words, policy)
    say = own.say_in_all if reply.in_all else own.say
    return say(reply.key, reply.languages, policy=policy, params=known)


def word_tell(
    speaker: Speaker, tell: Tell, clinic: ClinicView, link: str, word: str, now: datetime
) -> Said:
    """Word a notification to staff: urgency, the word to take it, an opaque link (FACTS J)."""
    values: dict[str, str | When] = {"clinic": clinic.name, "link": link, "word": word.upper()}
    if tell.due is not None:
        values["when"] = When(Saying.BY, tell.due, now, clinic.schedule.timezone)
    return speaker.say(tell.key, (tell.language,), policy=ALLOW_DRAFT, params=values)


def word_human(human: HumanReply) -> str:
    """Sign what a person wrote with their first name (C14)."""
    return f"{human.text}\n- {human.author.name.split()[0]}"
