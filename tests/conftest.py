"""What every test may use."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# No test is timed, and the same commit draws the same examples: a failure is the change's, never the machine's.
settings.register_profile("house", deadline=None, derandomize=True, max_examples=50)
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


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Makes a folder that tests of several modules read, once for all workers: whoever comes second waits for the first."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, done, failed = (base / f"{name}{end}" for end in ("", ".done", ".failed"))
        try:
            folder.mkdir()
        except FileExistsError:
            while not done.exists():
                assert not failed.exists(), f"{name} couldn't be made; see the test that tried"
                time.sleep(0.2)
            return folder
        try:
            make(folder)
        except BaseException:
            failed.touch()
            raise
        done.touch()
        return folder

    return made
