"""A clinic on each kind of database."""

import pytest

from store.db import Database
from tests.store.clinic import Clinic


@pytest.fixture
def maple(database: Database) -> Clinic:
    """Maple Complex Care, at nine in the morning of a working day."""
    return Clinic(database)
