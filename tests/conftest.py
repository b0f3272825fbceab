"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# No test is timed, and the same commit draws the same examples: a failure is the change's, never the machine's.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def samples() -> Path:
    """Other people's files in the real formats; they aren't part of the repository."""
    folder = SHARED / "samples"
    if not folder.is_dir():
        pytest.skip("the sample returns (../shared/samples) are not here")
    return folder
