"""Case file audits: grades year by year, how far the figures can be trusted, and whether teams and grades tell the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import NOT_AVAILABLE, number
from analysis.findings import measures
from analysis.findings.values import make_value
from analysis.indicators import quality, registry
from analysis.indicators.definition import ROLLING_YEAR, period
from analysis.methods import intervals
from analysis.methods.masks import certain
from analysis.reference.codes import codes
from analysis.reference.quarters import Quarter, quarters, words

if TYPE_CHECKING:
    from analysis.findings.review import Review

_YEARS = 4
# A change that a service would want to see, in percentage points, and the chance that its audits show it.
WORTH_SEEING, POWER = 10.0, 0.8
# Fewer audits than this on either side say nothing of how grades and answers go together.
FEWEST_TO_COMPARE = 20
NOT_GRADED = "not_graded"
SURE = 0.05


def _rows(review: Review, quarter: Quarter) -> pd.DataFrame | None:
    about = registry.indicators()["audit_count"]
    if not review.evidence.covers("case_audits", (span := period(ROLLING_YEAR, quarter)).start, span.end):
        return None
    return review.evidence.once(about.function, span)


def grade_names() -> dict[str, str]:
    """Grades from best to worst, and not graded: column to words."""
    return {**dict(codes("local", "grade")), NOT_GRADED: "Not graded"}


def grades(review: Review) -> Released:
    """Cases audited in each of up to four years to this quarter's end: `period_end`, a column a grade, `audits`."""
    names, found = list(grade_names()), []
    for back in range(_YEARS - 1, -1, -1):
        quarter = review.quarter.shift(-4 * back)
        rows = _rows(review, quarter)
        if rows is not None:
            counted = rows["grade"].astype("object").where(rows["grade"].notna(), NOT_GRADED).value_counts()
            found.append({"period_end": pd.Timestamp(quarter.end), **{name: int(counted.get(name, 0)) for name in names}, "audits": len(rows)})  # fmt: skip
    frame = pd.DataFrame(found, columns=["period_end", *names, "audits"])
    frame = frame.astype({"period_end": "datetime64[us]", **dict.fromkeys([*names, "audits"], "Int64")})
    return review.release(
        frame, counts=[*names, "audits"], adds=Structure(columns={"audits": names}, elsewhere=["audits"])
    )


def how_sure(review: Review) -> dict[str, dict]:
    """`audit_good_margin.now`: half the width of the 95% interval of the share graded good or better, in points; and
    `audits_to_notice`: how many audits a year would show a change of ten points with four chances in five."""
    row = registry.compute(review.known, review.quarter, ["audit_good_percent"], authority=review.authority).iloc[0]
    graded, counted = row["denominator"], row["numerator"]
    known = row["symbol"] == "" and graded > 0
    margin = (row["upper"] - row["lower"]) / 2 if known else None
    share = row["value"] / 100 if known else None
    rests = {"numerator": counted, "denominator": graded} if known else {"rests_on": []}
    return {
        "audit_good_margin.now": make_value(review.audience, margin, title=_MARGIN, period=words(review.quarter.end), **rests),
        "audits_to_notice": make_value(review.audience, None if share is None else needed(share), title=_NEEDED, rests_on=list(rests.values()) if known else []),
    }  # fmt: skip


_MARGIN = "Half the width of the 95% interval of the share of audits graded good or better, in percentage points"
_NEEDED = "Audits in each of two years that would show a change of ten points with four chances in five"


def needed(share: float, gap: float = WORTH_SEEING) -> int:
    """Audits in each of two periods for a change of `gap` points from `share` to be seen with POWER.

    Method: two proportions, two-sided at 95%, normal approximation (Fleiss, Statistical Methods for Rates and
    Proportions, 3rd ed., formula 4.14 without continuity). The change is taken towards a half, where more are needed.
    """
    other = share + (gap / 100 if share < 0.5 else -gap / 100)
    mean = (share + other) / 2
    z = ndtri(0.975) * np.sqrt(2 * mean * (1 - mean)) + ndtri(POWER) * np.sqrt(
        share * (1 - share) + other * (1 - other)
    )
    return int(np.ceil((z / (gap / 100)) ** 2))


def how_sure_in_words(review: Review) -> str:
    """What so many audits can and can't show, in two sentences."""
    found = how_sure(review)
    margin, many = found["audit_good_margin.now"]["text"], found["audits_to_notice"]["text"]
    if margin == NOT_AVAILABLE:
        return "No graded audits of the twelve months are held, so nothing can be said of how sure they make us."
    if found["audit_good_margin.now"]["value"] is None:
        return "Too few audits were graded good or better for how sure they make us to be told."
    return (
        f"With as many audits as there were, the share graded good or better is known to within {margin} points either way. To "
        f"see a change of ten points from one year to the next, four times in five, would take about {many} audits a year."
    )


def grades_and_answers(review: Review) -> str:
    """Whether files graded good had more of their questions answered yes, in a sentence: a check of auditors, not of practice."""
    asked = period(ROLLING_YEAR, review.quarter)
    if not review.evidence.covers("case_audits", asked.start, asked.end):
        return "Twelve months of audits aren't held, so grades can't be set against answers."
    rows = asked.of(review.evidence.once(quality.answers), "date")
    rows = rows[rows["grade"].notna()].assign(yes=lambda one: certain(one["answer"] == "yes"))
    each = rows.groupby("audit_id", sort=True).agg(yes=("yes", "mean"), grade=("grade", "first"))
    good = certain(each["grade"].isin(["good", "outstanding"]))
    high, low = (each.loc[mask, "yes"].to_numpy(float) * 100 for mask in (good, ~good))
    if min(len(high), len(low)) < FEWEST_TO_COMPARE:
        return "There are too few audits of either kind to set grades against answers."
    texts = [number(float(one.mean()), "percent") for one in (high, low)]
    said = f"In files graded good or better {texts[0]} of questions were answered yes, on average, and in the others {texts[1]}"
    (low0, high0), (low1, high1) = intervals.mean(high), intervals.mean(low)
    gap, down = high.mean() - low.mean(), np.hypot(high.mean() - low0, high1 - low.mean())
    up = np.hypot(high0 - high.mean(), low.mean() - low1)
    if gap - down > 0:
        return f"{said}: grades and answers go together."
    if gap + up < 0:
        return f"{said}: the better the grade the fewer, which is for auditors to explain."
    return f"{said}: no more than chance apart, so auditors should agree what a grade rests on before much is read into grades."


def teams_in_words(review: Review) -> str:
    """Whether the share graded good or better differs between teams by more than chance, in two sentences. For officers."""
    if not review.may_show("team"):
        return "Figures by team are for the authority's officers; they aren't in this edition."
    table = registry.compute(review.known, review.quarter, ["audit_good_percent"], ["team"], review.authority)
    rows = table[(table["breakdown"] == "team") & (table["denominator"] > 0)]
    if len(rows) < 2:
        return "Fewer than two teams had files graded in the twelve months, so there is nothing to compare."
    k, n = rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float)
    fewest, most = (number(one, "count") for one in (n.min(), n.max()))
    differs = (
        "by more than chance would give" if unlike(k, n) < SURE else "no more than chance would give if all were alike"
    )
    return f"The share of files graded good or better differs between teams {differs}. Each team's share rests on between {fewest} and {most} audits."


def unlike(counts: np.ndarray, wholes: np.ndarray) -> float:
    """p of shares at least so different if all groups were alike: Pearson's chi-squared. Rough where groups are tiny."""
    share = counts.sum() / wholes.sum()
    if share in (0.0, 1.0):
        return 1.0
    statistic = float(((counts - wholes * share) ** 2 / (wholes * share * (1 - share))).sum())
    return float(chdtrc(len(wholes) - 1, statistic))


def themes_over_time(review: Review, most: int) -> Released:
    """Questions answered yes by theme for every quarter that can be computed: the `most` themes with most answers now."""
    first = review.history.quarters[0] if review.history else review.quarter.shift(-4)
    table = registry.series(
        review.known, ["audit_positive_percent"], quarters(first, review.quarter), ["theme"], review.authority
    )
    table = table[(table["breakdown"] == "theme") & (table["symbol"] == "")]
    now = table[table["quarter"] == str(review.quarter)]
    largest = now.sort_values(["denominator", "category"], ascending=[False, True])["category"].head(most)
    kept = table[table["category"].isin(largest)]
    return measures.released(review, kept.assign(series=kept["category"]))
