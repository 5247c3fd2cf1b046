"""Tells where an interpreter is needed: somebody stands in who does not speak the language (C7)."""

from store.db import AnyRow


def needs_interpreter(row: AnyRow) -> bool:
    """Judge a row with `owner_id`, `owner_speaks`, `coordinator_id` and `reads`.

    The family's own coordinator knows how they talk; where nobody has it, nobody talks yet.
    """
    if row.owner_id is None or row.owner_id == row.coordinator_id or not row.reads:
        return False
    spoken = {tag.partition("-")[0] for tag in row.owner_speaks or ()}
    return row.reads.partition("-")[0] not in spoken
