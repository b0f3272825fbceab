"""Writes docs/indicators.md from the registry. Run `python -m analysis.indicators.catalogue` after a change."""

from __future__ import annotations

from analysis.indicators.breakdowns import BREAKDOWNS
from analysis.indicators.definition import (
    CENSUS_DAY,
    CENSUS_YEAR,
    COHORT,
    COUNT,
    DAYS,
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    MEAN,
    PERCENT,
    QUARTER,
    RATE,
    RATIO,
    ROLLING_YEAR,
    SCHOOL_YEAR,
    STOCK,
    YEAR,
    Indicator,
)
from analysis.indicators.registry import AREAS
from analysis.reference.project import ROOT

PAGE = ROOT / "docs" / "indicators.md"
_UNITS = {COUNT: "count", RATE: "rate per 10,000", PERCENT: "per cent", MEAN: "mean", DAYS: "days", RATIO: "ratio"}
_PERIODS = {
    STOCK: "at the quarter's end", ROLLING_YEAR: "the twelve months to the quarter's end", QUARTER: "the quarter",
    YEAR: "the latest whole financial year", SCHOOL_YEAR: "the latest whole school year",
    CENSUS_DAY: "the latest 30 September", CENSUS_YEAR: "the twelve months to the latest 30 September",
    COHORT: "the twelve months that ended a year before the quarter's end",
}  # fmt: skip
_POLARITY = {HIGHER_IS_BETTER: "higher is better", LOWER_IS_BETTER: "lower is better", None: "none: neither is better"}
_OPENING = """# Indicators

Made from the registry by `python -m analysis.indicators.catalogue`; a test holds it to the code. Where we differ from
the Department for Education's definitions, [deviations](deviations.md) says how and why.

Each value comes with its numerator and denominator and a 95% interval: Wilson's for percentages, exact Poisson for
counts and rates. The interval of a count says how far chance alone would move it, not how sure we are that it was
counted right. Amounts divided by amounts (full-time equivalents, days) have none. Rates stand on the population estimate of the preceding mid-year: for any day, the one that DfE uses for
the latest 31 March on or before it. Where the records needed were not delivered, or don't reach over the whole period,
there is no value and the symbol is `x`; where there is nothing to divide by, `z`.
"""


def page() -> str:
    """The whole page as Markdown."""
    parts = [_OPENING]
    for title, area in AREAS.items():
        parts += [f"\n## {title}\n", *(_entry(one) for one in area.indicators())]
    return "".join(parts)


def _entry(one: Indicator) -> str:
    lines = [f"- counted: {one.numerator}"]
    if one.denominator:
        lines.append(f"- out of: {one.denominator}")
    lines += [
        f"- unit: {_UNITS[one.unit]}; period: {_PERIODS[one.period_type]}; polarity: {_POLARITY[one.polarity]}",
        f"- source: {one.source}",
        f"- needs: {_tables(one.needs)}{f', or {_tables(one.or_needs)}' if one.or_needs else ''}"
        + (f", reaching {one.lookback_months} months further back" if one.lookback_months else ""),
    ]
    if one.breakdowns:
        lines.append(f"- by: {', '.join(BREAKDOWNS[name] for name in one.breakdowns)}")
    return f"\n### {one.title}\n\n`{one.id}`. {one.definition}\n\n" + "\n".join(lines) + "\n"


def _tables(names: tuple[str, ...]) -> str:
    return " and ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
