"""How far each language is meant to be read (docs/triage.md)."""

FULL_DEPTH = ("en", "es", "zh", "vi", "ar", "ko", "fil", "ru", "ht", "pt", "fr", "so")
"""Languages that write every concept."""

DANGER_DEPTH = ("pl", "uk", "fa", "hi", "ur", "sw", "ne", "am", "bn", "id")
"""Languages that write every concept that a rule of `soon` or above may ask for."""

EMERGENCY_DEPTH = (
    "de", "el", "gu", "ha", "he", "hmn", "hy", "it", "ja", "km", "ku", "ln", "lo", "mr", "my",
    "om", "pa", "ps", "ro", "rw", "ta", "te", "th", "ti", "tr", "yo",
)  # fmt: skip
"""Languages of which only the commonest emergencies are known: whatever else is written in them
needs eyes, as if nothing had been understood."""

EMERGENCIES = (
    "negator", "emergency_word", "not_breathing", "breathing_trouble", "blue_body", "choking",
    "unresponsive", "drowsy", "seizure", "stroke_sign", "chest_pain", "severe_pain", "fever",
    "bleeding_severe", "head_hit", "burn", "severe_accident", "allergy_severe", "spreading_rash",
    "nothing_stays_down", "swallowed_bad", "overdose", "tube_out", "suicide", "violence_now",
    "missing_child",
)  # fmt: skip
"""The concepts that such a language writes."""
