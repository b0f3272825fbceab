"""Emotional wellbeing: how many children's scores are usual, borderline or a cause for concern, each year."""

from __future__ import annotations

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import day, number
from analysis.indicators import definition
from analysis.indicators.evidence import Evidence
from analysis.indicators.health import asked_for_score
from analysis.reference.quarters import Quarter

# The highest score of each band of the Strengths and Difficulties Questionnaire, carers' version, as DfE publishes them.
BANDS = {"usual": 13, "borderline": 16, "concern": 40}
YEARS = 3
_COUNTS = (*BANDS, "no_score", "children")


def scores(evidence: Evidence, quarter: Quarter) -> pd.DataFrame:
    """A row a 31 March for which there are answers: period_end, usual, borderline, concern, no_score, children (aged 4 to 16
    and looked after for a year), and concern_percent (of those with a score)."""
    latest = definition.period(definition.YEAR, quarter).end
    found = []
    for back in range(YEARS - 1, -1, -1):
        year = definition.period(definition.YEAR, Quarter(latest.year - 1 - back, 4))
        if not evidence.covers("care_episodes", year.end, year.end):
            continue
        rows = evidence.once(asked_for_score, year)
        if rows is None:
            continue
        score = rows["value"].astype("Float64")
        band = pd.cut(score.to_numpy(float, na_value=float("nan")), [-1, *BANDS.values()], labels=list(BANDS))
        counts = pd.Series(band).value_counts().reindex(list(BANDS), fill_value=0)
        scored = int(counts.sum())
        found.append({"period_end": pd.Timestamp(year.end), **counts.to_dict(), "no_score": len(rows) - scored, "children": len(rows),
                      "concern_percent": 100 * counts["concern"] / scored if scored else None})  # fmt: skip
    frame = pd.DataFrame(found, columns=["period_end", *_COUNTS, "concern_percent"])
    return frame.astype(
        {"period_end": "datetime64[us]", **dict.fromkeys(_COUNTS, "Int64"), "concern_percent": "float64"}
    )


def release(review, frame: pd.DataFrame) -> Released:
    return review.release(
        frame,
        counts=_COUNTS,
        derived={"concern_percent": [*BANDS]},
        adds=Structure(columns={"children": [*BANDS, "no_score"]}),
    )


def in_words(released: Released) -> str:
    """The latest year's share with a score that is a cause for concern, and the year before's."""
    if released.frame.empty:
        return "No return of health outcomes is held for the latest 31 March, so nothing can be said of children's emotional wellbeing."
    hidden = released.is_withheld("concern_percent")
    texts = [
        f"{number(row.concern_percent, 'percent', withheld=bool(h))} on {day(row.period_end)}"
        for row, h in zip(released.frame.itertuples(), hidden, strict=True)
    ]
    rest = f"; before that, {' and '.join(reversed(texts[:-1]))}" if len(texts) > 1 else ""
    return f"Of children with a score, the share whose score is a cause for concern was {texts[-1]}{rest}."
