"""Masks where something may be missing."""

from __future__ import annotations

import pandas as pd


def certain(mask: pd.Series) -> pd.Series:
    """A mask in plain booleans, true only where it is known to be: comparisons of text and dates leave gaps where
    either side is missing, and a gap can't choose a row."""
    if mask.dtype == bool:
        return mask
    return mask.fillna(False).astype(bool)
