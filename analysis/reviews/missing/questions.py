"""Questions that the findings leave for partners to answer: chosen by what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.disclosure import CONFIDENTIAL
from analysis.disclosure.wording import NOT_AVAILABLE
from analysis.findings.variation import RECENT_MONTHS
from analysis.reviews.missing.monthly import Series, evenness

if TYPE_CHECKING:
    from analysis.findings.review import Review

# Below this, an interview that is offered is turned down often enough to ask why.
_OFTEN_ENOUGH = 80.0
# Below this share, missing children and children known to be at risk of sexual exploitation hardly meet in the records.
_HARDLY = 5.0


def asked(review: Review, months: Series, worries: Series, repeats: Mapping[str, dict], risks: Mapping[str, dict],
          taken_up: float | None) -> list[str]:  # fmt: skip
    """One question a finding; the last is always asked.

    `taken_up`: the released share of offered interviews that were taken up; None where it may not be shown or isn't known.
    """
    told = []
    for name, words in (("home", "from home"), ("care", "from care")):
        ways = _ways(months, name)
        if ways and name not in evenness(months):
            told.append(f"Incidents {words} have been {' and '.join(ways)} than usual in recent months: what do those who look for these children, and those who report them, say has changed?")  # fmt: skip
    if evenness(months):
        told.append("Months of incidents are more even than chance would make them: how do the police and we each count and pass on reports?")  # fmt: skip
    if _ways(worries, "sexual"):
        told.append("Concerns about sexual exploitation are no longer at their usual level: is that what happens to children, or who asks and writes down?")  # fmt: skip
    if _shown(repeats, "repeat.percent"):
        told.append("What does each child who went missing again and again run from, or to, and who among us knows?")
    if taken_up is not None and taken_up < _OFTEN_ENOUGH:
        told.append("Many children turn down the interview on their return: who offers it, how soon, and would they rather talk to somebody else?")  # fmt: skip
    risk = risks["known_risk.percent"]
    if risk["text"] == CONFIDENTIAL or (risk["value"] is not None and risk["value"] < _HARDLY):
        told.append("Few children who go missing are among those known to be at risk of sexual exploitation: do our records meet, and do we ask?")  # fmt: skip
    told.append(
        "What has each agency done since last quarter for the children behind these figures, and how would we know that it helped?"
    )
    return told


def _ways(series: Series, name: str) -> list[str]:
    recent = series.charts[name].data.frame["special"].tail(RECENT_MONTHS)
    return sorted({str(one) for one in recent} - {""})


def _shown(given: Mapping[str, dict], name: str) -> bool:
    return given[name]["text"] not in (CONFIDENTIAL, NOT_AVAILABLE) and bool(given[name]["value"])
