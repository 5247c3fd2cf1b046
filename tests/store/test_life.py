"""Thousands of drawn steps of a clinic's life, and no invariant broken (I-01 to I-20, C2, C5)."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from store.db import Database
from tests.store.life import Life

STEPS_OF_A_LIFE = 50
STEPS = int(os.environ.get("KINLINE_TEST_STEPS", "2500"))
"""On each database; a night can afford 200,000."""


@pytest.mark.timeout(0)
def test_no_invariant_breaks_in_thousands_of_steps(database: Database) -> None:
    class OnThis(Life):
        pass

    OnThis.database = database
    run_state_machine_as_test(
        OnThis,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_OF_A_LIFE),
            stateful_step_count=STEPS_OF_A_LIFE,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
