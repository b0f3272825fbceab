"""What the numbers point to, in a few sentences for an audience."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.disclosure.wording import listed, number
from analysis.reference.quarters import Quarter, words
from analysis.reviews.growth import causes
from analysis.reviews.growth.causes import ALARM, Diagnosis, diagnose
from analysis.reviews.growth.questions import (
    HINT,
    WITHHELD,
    between,
    counts,
    group_counts,
    hidden,
    lower,
    may_name,
    most,
    named_group,
    past,
    percent,
    smallest_found,
    step_counts,
    steps_known,
    sure_steps,
)
from analysis.reviews.growth.years import REPEAT

if TYPE_CHECKING:
    from analysis.findings.review import Review
    from analysis.reviews.growth.arithmetic import Rise


def reached(review: Review, quarter: Quarter) -> Diagnosis | None:
    """The diagnosis of the twelve months to a quarter's end, beside the twelve before; None where they aren't known."""
    now, before = ((one.shift(-3).start, one.end) for one in (quarter, quarter.shift(-4)))
    return diagnose(review.known, now, before, teams=review.authority.teams)


# --- the sentence ------------------------------------------------------------------------------------------------------


def in_words(review: Review, found: Diagnosis | None, quarter: Quarter, rise: Rise | None = None) -> str:
    """The verdict as a few sentences. `rise`: the same year split as it was published, whose shares are then quoted."""
    span = f"the year to {words(quarter.end)}"
    if found is None:
        return f"What lies behind the number of plans in {span} can't be said: the records don't reach back two years."
    if hidden(review, counts(found)):
        return f"What lies behind the number of plans in {span} is {WITHHELD}."
    said = [_told(cause, found) for cause in found.causes]
    if not said:
        return (
            f"In {span} the numbers of plans starting and ending moved no more than chance would have them do: no cause is "
            f"named. That doesn't show that nothing changed. {smallest_found(found.starts.usual)}"
        )
    opening = f"Beside the year before, {span} points to {'one thing' if len(said) == 1 else 'two things'}."
    return " ".join([opening, *said, *_shares(found, rise)])


def behind(review: Review, found: Diagnosis | None) -> str:
    """Where, through which decisions and for whom more plans started, as far as this audience may see."""
    if found is None or hidden(review, counts(found)) or not found.causes:
        return "With no cause named, none is followed further."
    told = [*_where(review, found), *_how(review, found), *_who(review, found)]
    return " ".join(told) or "Where, how and for whom this came about, the numbers don't show."


def named(review: Review, found: Diagnosis | None) -> str:
    """The causes in a few words, as this audience may see them."""
    if found is None:
        return "not known"
    if hidden(review, counts(found)):
        return "withheld"
    where = f", in {found.locality} alone" if may_name(review, found) else ""
    return f"{' and '.join(found.causes) or 'nothing beyond chance'}{where}"


def _told(cause: str, found: Diagnosis) -> str:
    starts, ends = found.starts, found.ends
    if cause in (causes.MORE_STARTING, causes.FEWER_STARTING):
        one, way = starts.usual, "More" if cause == causes.MORE_STARTING else "Fewer"
        if found.p["starts"] >= ALARM:
            return f"{way} plans started in one locality than chance would have it, though not in the area as a whole."
        return (
            f"{way} plans started: {number(one.events, 'count')}, where {number(one.expected, 'count')} would have been usual, "
            f"going by {past(starts)}; that is beyond chance ({between(one, 'more', 'fewer')})."
        )
    if cause in (causes.SLOWER, causes.SOONER):
        one = ends.usual
        return (
            f"Plans ended {'sooner' if one.up else 'more slowly'}: one that had been open as long was "
            f"{percent(one.ratio, 'likelier', 'less likely')} to end than in {past(ends)} "
            f"({between(one, 'likelier', 'less likely')}), which is beyond chance."
        )
    if cause in (causes.ENDS_FELL_BACK, causes.ENDS_ROSE_BACK):
        down = cause == causes.ENDS_FELL_BACK
        return (
            f"{'Fewer' if down else 'More'} plans ended, because the year before was out of the ordinary: in it plans ended "
            f"{percent(ends.unusual.ratio, 'more readily', 'less readily')} than in earlier years, for how long they had been open, "
            f"and now they end no {'more slowly' if down else 'sooner'} than in those earlier years. So the number of endings "
            f"{'fell' if down else 'rose'} back{_part_open(found) if down else ''}."
        )
    up = cause == causes.STARTS_ROSE_BACK
    return (
        f"{'More' if up else 'Fewer'} plans started, because the year before was out of the ordinary: in it "
        f"{percent(starts.unusual.ratio, 'more', 'fewer')} started than in earlier years. So the number of starts {'rose' if up else 'fell'} back."
    )


def _part_open(found: Diagnosis) -> str:
    """Of fewer ends, how much is that fewer plans were left to end."""
    whole = found.ends_from_open + found.ends_from_chance
    if min(found.ends_from_open, found.ends_from_chance) < 0 or whole <= 0:
        return ""
    share = number(100 * found.ends_from_open / whole, "percent")
    return f", about {share} of it because fewer plans, or younger ones, were left to end"


def _shares(found: Diagnosis, rise: Rise | None) -> list[str]:
    known = rise is not None and rise.from_starts is not None
    starts, ends = (rise.from_starts, rise.from_ends) if known else (found.split["starts"], found.split["ends"])
    if starts > 0 and ends > 0:
        share = 100 * ends / (starts + ends)
        return [
            f"Of what the two flows added to growth, set against the year before, more starting is {number(100 - share, 'percent')} "
            f"and fewer ending {number(share, 'percent')}: that split is arithmetic, and exact."
        ]
    return []


def _where(review: Review, found: Diagnosis) -> list[str]:
    if not review.may_show("locality") or len(found.localities) < 2:
        return []
    if found.locality:
        one = named_group(found.localities, found.locality)
        if hidden(review, [one.before, one.now]):
            return []
        return [
            f"It is {one.name} alone: {number(one.now, 'count')} plans started there after {number(one.before, 'count')}, and in the "
            "other localities together no more than chance would add."
        ]
    if found.p["localities"] < ALARM:
        return ["The localities changed differently, but not one alone."]
    return ["No locality stands out from the others beyond chance."]


def _how(review: Review, found: Diagnosis) -> list[str]:
    """Through which decisions more plans started."""
    if not _rose(found) or not steps_known(found) or hidden(review, step_counts(found)):
        return []
    added = [f"{lower(step.name)} ({number(step.part, 'count')})" for step in found.steps if round(step.part) > 0]
    took = [f"{lower(step.name)} ({number(-step.part, 'count')})" for step in found.steps if round(step.part) < 0]
    less = f", while these took away: {listed(took)}" if took else ""
    sure = [lower(step.name) for step in sure_steps(found)]
    alone = f"by itself only {listed(sure)} is" if len(sure) == 1 else f"by themselves {listed(sure)} are"
    return [
        f"Of the {number(found.split['starts'], 'count')} more than the year before, these added: {listed(added)}{less}; "
        f"{alone if sure else 'none of them by itself is'} beyond chance."
    ]


def _who(review: Review, found: Diagnosis) -> list[str]:
    if not _rose(found):
        return []
    said, first = [], most(found.categories)
    if first and not hidden(review, group_counts(found, first)):
        said.append(f"{first.name} is the category of {number(first.part, 'count')} of them")
    again = named_group(found.repeats, REPEAT)
    if again and again.part > 0 and not hidden(review, group_counts(found, again)):
        steeper = again.rest_p < HINT and again.rest is not None and again.change.ratio > again.rest.ratio
        said.append(
            f"{number(again.part, 'count')} are of children who had a plan before"
            f"{', a steeper rise than that of first plans' if steeper else ''}"
        )
    return [f"{' and '.join(said)}."] if said else []


def _rose(found: Diagnosis) -> bool:
    named = {causes.MORE_STARTING, causes.STARTS_ROSE_BACK} & set(found.causes)
    return bool(named) and found.split["starts"] > 0
