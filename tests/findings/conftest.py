"""A small store, ready for a small review."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis.reference.project import Workspace

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """A data folder with one delivery: 12 referrals from 1A, 3 from 6."""
    import tiny_reviews

    place = Workspace(data=tmp_path / "data")
    tiny_reviews.deliver(place, {"referrals": tiny_reviews.referrals({"1A": 12, "6": 3})})
    return place
