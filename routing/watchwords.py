"""The word that a member of staff texts back to take an alert: letters, never digits.

Twilio may take digits for a one-time code and redact them (FACTS A); a word is also easier to
read aloud and to type with a thumb.
"""

import hashlib
import re
from collections.abc import Collection

_LETTERS = re.compile(r"[a-z]+")
_LIST = """
acorn amber anchor apple arrow autumn badge bamboo banjo barley basket beacon berry birch
bishop blanket bonnet bridge bronze bucket button cactus camel candle canoe canyon carrot
castle cedar cello chapel cherry cinder clover cobalt comet copper coral cotton cradle cricket
crystal daisy denim desert dolphin dragon eagle ember engine falcon feather fiddle fossil
fountain garden garnet ginger glacier globe granite grove guitar hammer harbor hazel heron
honey island ivory jacket jasmine jungle kettle kitten ladder lantern laurel lemon lilac linen
lizard magnet mango maple marble meadow melon mirror mitten monkey mustard nectar nickel oasis
olive onion opal orchid otter oyster paddle panda paper parrot pebble pencil pepper pigeon
planet poplar prairie pumpkin quartz rabbit raven ribbon river rocket saddle salmon sandal
sapphire silver sparrow spruce summit sunset thistle timber tulip tunnel turtle umbrella valley
velvet violin walnut whistle willow window winter zebra
"""
WORDS = tuple(_LETTERS.findall(_LIST))


def word_for(ref: str, in_use: Collection[str]) -> str:
    """Choose a word for an alert by its opaque name, if possible one that no open alert has."""
    start = int.from_bytes(hashlib.sha256(ref.encode()).digest()[:4]) % len(WORDS)
    turned: tuple[str, ...] = (*WORDS[start:], *WORDS[:start])
    return next((word for word in turned if word not in in_use), turned[0])


def word_in(text: str) -> str | None:
    """Find the word in what somebody texted; None unless it is all that they say.

    A text that says more is a note of somebody who may mean something else (I-12).
    """
    said = _LETTERS.findall(text.casefold())
    return said[0] if len(said) == 1 and said[0] in _KNOWN else None


_KNOWN = frozenset(WORDS)
