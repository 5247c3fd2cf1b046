"""Names languages in words."""

from babel import Locale, UnknownLocaleError


def language_name(tag: str | None, shown_in: str) -> str:
    """Name a language in the language of the reader; an unknown tag stays as it is."""
    if not tag:
        return ""
    try:
        return Locale.parse(tag.replace("-", "_")).get_display_name(shown_in) or tag
    except (UnknownLocaleError, ValueError):
        # Hmong has a name and no locale of its own.
        return str(Locale.parse(shown_in).languages.get(tag, tag))
