"""Words a call that tells staff of a danger: press 1 to take it, 2 to pass it on.

Whoever has taken it presses 3 to be connected with the family (C18).

A machine that picks up presses nothing, so it takes nothing. No word is about the family (I-24).
"""

from bot.channels.twilio import twiml, voice
from bot.channels.twilio.twiml import Spoken
from locales.names import language_name
from locales.replies import Speaker
from routing.events import ActionKind
from store.alert_calls import AlertCall, Standing

TIMES = 3
CONNECT = "3"
KEYS = {"1": ActionKind.TAKE, "2": ActionKind.PASS_ON}


def asked(call: AlertCall, speaker: Speaker, pressed: str) -> str:
    """Say what waits and ask for a key.

    Args:
        call: as it stands now.
        speaker: gives the words.
        pressed: the address that hears of the key.
    """
    if call.standing is Standing.TEST:
        return twiml.say(voice.as_worded(call.words, call.language) * TIMES)
    if call.standing is not Standing.WAITS:
        return twiml.say(_words("voice.alert_over", call, speaker))
    if call.staff_id is None:
        return twiml.say(_words("voice.alert_sign_in", call, speaker) * TIMES)
    key = "voice.alert" if call.is_emergency else "voice.alert_urgent"
    return twiml.ask(_words(key, call, speaker), pressed, times=TIMES)


def answered(kind: ActionKind, call: AlertCall, speaker: Speaker, pressed: str) -> str:
    """Say what a key has done, and which one calls the family; `call` is as it stands now."""
    if kind is ActionKind.PASS_ON:
        return twiml.say(_words("voice.alert_passed_on", call, speaker))
    if call.connects:
        words = (*_words("voice.alert_taken", call, speaker), *_interpreter(call, speaker),
                 *_words("voice.alert_connect", call, speaker))  # fmt: skip
        return twiml.ask(words, pressed, times=TIMES)
    key = "voice.alert_taken" if call.standing is Standing.MINE else "voice.alert_over"
    return twiml.say(_words(key, call, speaker))


def joined(call: AlertCall, speaker: Speaker) -> str:
    """Let the family or an interpreter join a talk, or hang up where it is over.

    Only the interpreter is told what is asked for; the nurse greets the family herself.
    """
    if not call.conference:
        return twiml.hang_up()
    words = _words("voice.interpreter_asked", call, speaker) if call.reads else ()
    return twiml.join(words, call.conference)


def _interpreter(call: AlertCall, speaker: Speaker) -> tuple[Spoken, ...]:
    """Say before the key which language the family speaks, and whether somebody comes to help."""
    if not call.reads:
        return ()
    key = "voice.alert_interpreter" if call.has_interpreter else "voice.alert_no_interpreter"
    return _words(key, call, speaker)


def _words(key: str, call: AlertCall, speaker: Speaker) -> tuple[Spoken, ...]:
    tag = voice.spoken_in(call.language)
    params = {"clinic": call.clinic_name, "language": language_name(call.reads, tag)}
    return voice.spoken(speaker, key, (call.language,), params)
