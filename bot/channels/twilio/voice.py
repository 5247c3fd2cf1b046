"""Words a call to the number that texted her: what to do in an emergency, then a person (C17)."""

from collections.abc import Iterator, Mapping, Sequence

from bot.channels.twilio import twiml
from bot.channels.twilio.twiml import Spoken
from locales.replies import Policy, Said, Speaker
from store.voice import VoicePlan

REACHED = frozenset({"completed", "answered"})
"""How Twilio says that somebody picked up; busy, no-answer, failed and canceled are missed."""

# Language and voice by our tag, where both are names that Twilio's own libraries list. A language
# without one is left out: a <Say> that Twilio cannot speak ends the call before it is connected.
_VOICES = {
    "ar": ("arb", "Polly.Zeina"),
    "de": ("de-DE", "Polly.Vicki"),
    "en": ("en-US", "Polly.Joanna"),
    "es": ("es-US", "Polly.Lupe"),
    "fr": ("fr-FR", "Polly.Lea"),
    "hi": ("hi-IN", "Polly.Aditi"),
    "it": ("it-IT", "Polly.Carla"),
    "ja": ("ja-JP", "Polly.Takumi"),
    "ko": ("ko-KR", "Polly.Seoyeon"),
    "pl": ("pl-PL", "Polly.Ewa"),
    "pt": ("pt-BR", "Polly.Camila"),
    "ro": ("ro-RO", "Polly.Carmen"),
    "ru": ("ru-RU", "Polly.Tatyana"),
    "tr": ("tr-TR", "Polly.Filiz"),
    "zh": ("zh-CN", ""),
}
_MARKS = str.maketrans("", "", "\u200e\u200f\u2066\u2067\u2068\u2069")
_US_PREFIX, _US_LENGTH = "+1", len("+13125550100")
_RETRY_SECONDS = 4


def answer(plan: VoicePlan, speaker: Speaker, afterwards: str) -> str:
    """Say the emergency sentence first, then connect; hang up where there is nobody to ring.

    Args:
        plan: the clinic's.
        speaker: gives the words.
        afterwards: the address where Twilio asks how ringing ended.
    """
    first = _emergency(plan, speaker)
    if plan.connect_to is None:
        return twiml.say((*first, *_nobody(plan, speaker)))
    words = (*first, *_words("voice.connecting", plan, speaker))
    return twiml.say_and_connect(words, plan.connect_to, afterwards)


def nobody(plan: VoicePlan, speaker: Speaker) -> str:
    """Say that nobody could be reached and what else to do, then hang up."""
    return twiml.say(_nobody(plan, speaker) or _emergency(plan, speaker))


def wait(plan: VoicePlan, speaker: Speaker, again: str) -> str:
    """Say the emergency words while the call cannot be dealt with; then try again.

    Args:
        plan: the clinic's, or `UNKNOWN_NUMBER` while it cannot be read.
        speaker: gives the words.
        again: the address that Twilio asks next.
    """
    return twiml.say_and_return(_emergency(plan, speaker), _RETRY_SECONDS, again)


def _emergency(plan: VoicePlan, speaker: Speaker) -> tuple[Spoken, ...]:
    key = "voice.emergency" if plan.emergency_number else "safety.call_local_emergency"
    return _words(key, plan, speaker)


def _nobody(plan: VoicePlan, speaker: Speaker) -> tuple[Spoken, ...]:
    return _words("voice.nobody", plan, speaker) if plan.emergency_number else ()


def _words(key: str, plan: VoicePlan, speaker: Speaker) -> tuple[Spoken, ...]:
    params = {
        "clinic": plan.clinic_name,
        "emergency": _digits(plan.emergency_number),
        "on_call": _digits(plan.on_call_phone),
    }
    return spoken(speaker, key, plan.languages, params, policy="reviewed_only")


def spoken(
    speaker: Speaker,
    key: str,
    languages: Sequence[str],
    params: Mapping[str, str],
    *,
    policy: Policy = "allow_draft",
) -> tuple[Spoken, ...]:
    """Word a text in each language that has a voice, or in English; staff may hear drafts."""
    known = tuple(tag for tag in languages if _base(tag) in _VOICES)
    said = speaker.say_in_all(key, known, policy=policy, params=params)
    return tuple(_spoken(said))


def spoken_in(language: str) -> str:
    """Tell in which language words come that were asked for in one; English without a voice."""
    return language if _base(language) in _VOICES else "en"


def as_worded(text: str, language: str) -> tuple[Spoken, ...]:
    """Speak words that are worded already, in the voice of their language or an English one."""
    name, voice = _VOICES.get(_base(language), _VOICES["en"])
    return (Spoken(text.translate(_MARKS), name, voice),)


def _spoken(said: Said) -> Iterator[Spoken]:
    for part in said.parts:
        language, voice = _VOICES[_base(part.language)]
        yield Spoken(part.text.translate(_MARKS), language, voice)


def _base(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _digits(number: str) -> str:
    """Write a number so that a voice says each digit: "nine one one", not "nine hundred eleven"."""
    is_us = number.startswith(_US_PREFIX) and len(number) == _US_LENGTH
    return " ".join((number.removeprefix(_US_PREFIX) if is_us else number).lstrip("+"))
