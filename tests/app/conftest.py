"""The environment in which the commands of these tests run: one clinic's, or nobody's."""

import os
from pathlib import Path

import pytest

from tests.store.clinic_files import MAPLE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with a clinic file, and an environment that knows nothing yet."""
    for name in os.environ:
        if name.startswith("KINLINE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "clinic.toml").write_text(MAPLE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def texting(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same folder, with everything set that a real clinic sets."""
    for name, value in {
        "PUBLIC_URL": "https://texts.maple.example",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKENS": "trial-token-1,trial-token-2",
        "SECRET_KEY": "0" * 64,
    }.items():
        monkeypatch.setenv(f"KINLINE_{name}", value)
    return folder
