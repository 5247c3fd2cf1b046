"""Ways to write a text so that people still read it and a simple search does not (B-08).

Each gives the text back unchanged where it has nothing to disguise: each script has its tricks.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping

Disguise = Callable[[str], str]


def _table(pairs: str) -> dict[int, str]:
    return {ord(pair[0]): pair[1:] for pair in pairs.split()}


_CYRILLIC = _table("aа cс eе oо pр xх yу iі sѕ jј AА BВ CС EЕ HН KК MМ OО PР TТ XХ")
_GREEK = _table("aα eε iι oο pρ uυ vν kκ tτ AΑ BΒ EΕ HΗ IΙ KΚ MΜ NΝ OΟ PΡ TΤ XΧ")
_LATIN_FOR_CYRILLIC = _table("аa еe оo рp сc уy хx іi АA ВB ЕE КK МM НH ОO РP СC ТT ХX")
_LEET = _table("a4 e3 i1 o0 A4 E3 I1 O0")
_LEET_MORE = _table("a@ e3 i1 o0 s5 t7")
_DOLLARS = _table("s$ a@ S$ A@")
_FULL_WIDTH = {code: chr(code + 0xFEE0) for code in range(0x21, 0x7F)}
_BOLD = {ord("a") + n: chr(0x1D41A + n) for n in range(26)} | {
    ord("A") + n: chr(0x1D400 + n) for n in range(26)
}
_CIRCLED = {ord("a") + n: chr(0x24D0 + n) for n in range(26)}
_SMALL_CAPITALS = _table("aᴀ bʙ cᴄ dᴅ eᴇ gɢ hʜ iɪ jᴊ kᴋ lʟ mᴍ nɴ oᴏ pᴘ rʀ tᴛ uᴜ vᴠ wᴡ yʏ zᴢ")
_TRADITIONAL = _table(
    "气氣 发發 烧燒 脸臉 头頭 药藥 杀殺 机機 电電 断斷 坏壞 线線 喂餵 吗嗎 没沒 这這 们們 儿兒 "
    "说說 话話 时時 来來 开開 关關 护護 帮幫 晕暈 惊驚 应應 动動 里裡 难難 呕嘔 蓝藍 红紅 伤傷 绝絕"
)
_ARABIC_LETTERS = _table("أا إا آا ىي ةه")
_PERSIAN_LETTERS = _table("يی كک")
_FATHA, _TATWEEL = "\u064e", "\u0640"
_WORD = re.compile(r"[^\W\d_]+")
_ARABIC = re.compile("[\u0621-\u063a\u0641-\u064a]")


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if not "\u0300" <= c < "\u0370")
    return unicodedata.normalize("NFC", kept).translate(_table("đd ĐD øo łl"))


def _spaceless(char: str) -> bool:
    """Say whether a character's script joins or stacks its letters, or needs no spaces."""
    return unicodedata.category(char)[0] == "M" or char >= "\u0590"


def _is_alphabetic(text: str) -> bool:
    return not any(_spaceless(c) for c in unicodedata.normalize("NFC", text))


def _between(sign: str) -> Disguise:
    return sign.join


def _between_letters(sign: str) -> Disguise:
    """Put a sign between the letters of alphabets without joined or stacked letters."""

    def disguise(text: str) -> str:
        if not _is_alphabetic(text) or not all(map(str.isalpha, text.split())):
            return text
        return "  ".join(sign.join(word) for word in text.split())

    return disguise


def _stretched(text: str) -> str:
    """Stretch the last letter of each longer word: "helppp"."""
    return _each_word(text, lambda w: w + w[-1] * 3 if len(w) > 3 and _is_alphabetic(w) else w)


def _stretched_inside(text: str) -> str:
    """Stretch the vowels of each longer word: "breeeathe"."""
    vowels = re.compile("([aeiouаеиоуыяю])")
    return _each_word(text, lambda w: vowels.sub(r"\1\1\1", w, count=1) if len(w) > 3 else w)


def _each_word(text: str, change: Disguise) -> str:
    return _WORD.sub(lambda found: change(found.group()), text)


def _of_words(table: Mapping[int, str]) -> Disguise:
    """Change the letters of words of four letters and more; "a11" and "15" would be numbers.

    A text with digits is left alone: in Arabic typed in Latin letters, 3 is a letter already.
    """

    def change(word: str) -> str:
        changed = word.translate(table)
        is_readable = len(word) > 3 and any(map(str.isalpha, changed))
        return changed if is_readable else word

    return lambda text: text if any(map(str.isdigit, text)) else _each_word(text, change)


def _zalgo(text: str) -> str:
    return "".join(c + "\u0335\u0322" if c.isalpha() and not _spaceless(c) else c for c in text)


DISGUISES: dict[str, Disguise] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "first letters": str.title,
    "swapped case": str.swapcase,
    "no accents, no tones": _without_marks,
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "composed": lambda text: unicodedata.normalize("NFKC", text),
    "zalgo": _zalgo,
    "full-width": lambda text: text.translate(_FULL_WIDTH),
    "bold letters": lambda text: text.translate(_BOLD),
    "circled letters": lambda text: text.translate(_CIRCLED),
    "small capitals": lambda text: text.translate(_SMALL_CAPITALS),
    "last letter repeated": _stretched,
    "vowel repeated": _stretched_inside,
    "zero-width spaces": _between("\u200b"),
    "zero-width joiners": _between("\u200d"),
    "zero-width non-joiners": _between("\u200c"),
    "soft hyphens": _between("\u00ad"),
    "word joiners": _between("\u2060"),
    "variation selectors": _between("\ufe0f"),
    "byte order marks": lambda text: "\ufeff" + text.replace(" ", " \ufeff"),
    "control signs": _between("\x00"),
    "right-to-left override": lambda text: "\u202e" + text + "\u202c",
    "isolates": lambda text: "\u2066" + text.replace(" ", " \u2067") + "\u2069",
    "direction marks": lambda text: text.replace(" ", "\u200f \u200e"),
    "Cyrillic letters": lambda text: text.translate(_CYRILLIC),
    "Greek letters": lambda text: text.translate(_GREEK),
    "Latin letters": lambda text: text.translate(_LATIN_FOR_CYRILLIC),
    "leet": _of_words(_LEET),
    "more leet": _of_words(_LEET_MORE),
    "dollars": _of_words(_DOLLARS),
    "wide spaces": lambda text: "  " + text.replace(" ", "   ") + "  ",
    "tabs": lambda text: text.replace(" ", "\t"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "thin spaces": lambda text: text.replace(" ", "\u2009"),
    "letters apart": _between_letters(" "),
    "letters dotted": _between_letters("."),
    "letters hyphened": _between_letters("-"),
    "apostrophes": lambda text: text.replace("'", "\u2019"),
    "traditional characters": lambda text: text.translate(_TRADITIONAL),
    "characters apart": lambda text: re.sub("([\u4e00-\u9fff])", r" \1 ", text),
    "bare Arabic letters": lambda text: text.translate(_ARABIC_LETTERS),
    "Persian keyboard": lambda text: text.translate(_PERSIAN_LETTERS),
    "tatweel": lambda text: re.sub(
        f"({_ARABIC.pattern})(?={_ARABIC.pattern})", rf"\1{_TATWEEL}", text
    ),
    "vowel signs": lambda text: _ARABIC.sub(lambda c: c.group() + _FATHA, text),
}
