"""What the returns hold about education, and what they don't; school years as points in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.disclosure import Released
from analysis.disclosure.wording import listed

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Tables that tell of education, and what each tells.
_TELLS = {
    "education_results": "what children reached",
    "school_exclusions": "exclusions",
    "school_moves": "changes of school",
}
# What users ask for and no return that is read here carries.
_NOWHERE = ("progress between stages", "personal education plans", "attendance", "special educational needs")


def not_held(review: Review) -> str:
    """What can't be answered, and for want of what, in two sentences."""
    absent = [told for table, told in _TELLS.items() if not review.known.carries(table)]
    said = f"No return that is read here carries {listed(list(_NOWHERE))}, so nothing is said of them."
    return f"{said} No delivery has brought {listed(absent)}." if absent else said


def a_school_year_each(found: Released) -> Released:
    """One row a series and school year, from rows a quarter that repeat it."""
    first = ~found.frame.duplicated([name for name in ("series", "period_end") if name in found.frame.columns])
    return Released(
        found.frame[first].reset_index(drop=True),
        found.withheld[first].reset_index(drop=True),
        found.audience,
        found.totals,
    )
