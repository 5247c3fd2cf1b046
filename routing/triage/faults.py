"""What can be wrong in the rule and lexicon files, as a short closed list."""

from enum import StrEnum


class Fault(StrEnum):
    """One kind of mistake in a rule or lexicon file."""

    SHAPE = "shape"  # a key, table or value that does not belong there
    UNKNOWN_CONCEPT = "unknown_concept"  # named in a condition, written in no lexicon
    UNUSED_CONCEPT = "unused_concept"  # written in a lexicon, named nowhere
    CONDITION = "condition"  # a condition that cannot be parsed
    DUPLICATE = "duplicate"  # two rules with one id, one concept twice in a language
    CYCLE = "cycle"  # composed concepts that need each other
    PATTERN = "pattern"  # a word or phrase with nothing to match


class SourceError(ValueError):
    """A rule or lexicon that cannot be used; retrying without an edit does not help.

    `where` names file and concept, or file and rule id.
    """

    def __init__(self, fault: Fault, where: str, sentence: str) -> None:
        """Keep the parts beside the one-line message."""
        super().__init__(f"{where}: {sentence}")
        self.fault = fault
        self.where = where
        self.sentence = sentence
