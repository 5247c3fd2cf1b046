"""How far each language is meant to be read (docs/triage.md)."""

FULL_DEPTH = ("en", "es", "zh", "vi", "ar", "ko", "fil", "ru", "ht", "pt", "fr", "so")
"""Languages that write every concept."""

DANGER_DEPTH = ("pl", "uk", "fa", "hi", "ur", "sw", "ne", "am", "bn", "id")
"""Languages that write every concept that a rule of `soon` or above may ask for."""
