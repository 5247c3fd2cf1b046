"""The guided tour of the trial: six steps, each ticked off when it has really happened."""

from dataclasses import asdict, dataclass

from app.demo.story import OPENS_AT, ROSA, moment
from app.demo.switches import Present
from store.db import Database
from store.phone import Progress, progress

CANNOT_BREATHE = "mi hijo no puede respirar"
PASSWORD = "only-for-trials"  # noqa: S105  as in clinic.toml


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, what to look at, and the button that does it, if there is one."""

    name: str
    title: str
    words: str
    button: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the visitor can be in the inbox."""

    name: str
    role: str

    @property
    def email(self) -> str:
        """Give the address to sign in with."""
        return f"{self.name.lower()}@maple.example"


PEOPLE = (
    Person("Ana", "coordinator and administrator"),
    Person("Nils", "nurse on call"),
    Person("Amara", "supervisor"),
)
STEPS = (
    Step(
        "night",
        "Make it night",
        "The time of the trial jumps to 23:00. The office is closed; the nurse on call is at home.",
        "Skip to 23:00",
    ),
    Step(
        "text",
        "Text as a mother",
        "Rosa writes in Spanish that her son cannot breathe. Look at her phone: she reads to call "
        "911 in the same second, and nothing claims that somebody has read her text. Then take "
        "the phone of Nils: he is told the level and a link, not a word about the family.",
        "Text “mi hijo no puede respirar” as Rosa",
    ),
    Step(
        "open",
        "See why it is red",
        "Be Nils. Rosa's text stands first. Open it: the words that made it red are marked, with "
        "the rule that did it, and what was considered and set aside.",
        "Sign in as Nils",
    ),
    Step(
        "answer",
        "Answer as the nurse",
        "Press “I take it”, then write to Rosa. Your words appear on her phone, signed with your "
        "first name.",
    ),
    Step(
        "resolve",
        "End it with an outcome",
        "Choose how it ended and press “Resolve”. Until somebody does, Kinline keeps asking.",
    ),
)


def done(database: Database, clinic: str, present: Present) -> dict[str, bool]:
    """Tell which steps have happened.

    Args:
        database: of the trial.
        clinic: its key.
        present: how its clinic stands now.
    """
    since = moment(*OPENS_AT, str(present.at.tzinfo))
    with database.read() as connection:
        so_far: Progress = progress(connection, clinic, ROSA, since)
    names = ("text", "open", "answer", "resolve")
    happened = dict(zip(names, asdict(so_far).values(), strict=True))
    return {"night": not present.is_open or so_far.has_texted, **happened}
