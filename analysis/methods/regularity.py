"""Whether counts vary less than chance alone would make them: a sign of how they were recorded, not of the world."""

from __future__ import annotations

import numpy as np
from scipy.special import gammainc


def too_regular(counts) -> float:
    """The chance that independent events, at a steady rate, would give counts as even as these or more so.

    Question: are these counts too even to be counts of things that happen by themselves?
    Method: Fisher's index of dispersion (the sum of squared deviations over the mean is chi-squared on one degree of
    freedom fewer than there are counts), its lower tail. Trap: limits on what may be counted (a team that can take so
    many, a list that is cut off) make counts even, too; a trend or season makes them less so and hides it.
    Source: Fisher, Statistical Methods for Research Workers (1925), section 16.

    `counts`: of equal stretches of time. 1 where there are fewer than two, or all are nought.
    """
    found = np.asarray(counts, float)
    if found.size < 2 or not found.sum() > 0:
        return 1.0
    squares = float(((found - found.mean()) ** 2).sum() / found.mean())
    # Half a chi-squared on k degrees of freedom is a gamma of shape k/2.
    return float(gammainc((found.size - 1) / 2, squares / 2))
