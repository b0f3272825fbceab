"""Holds a claim to the records: whether it is so, what the data say to this audience, and what could truthfully be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.disclosure import CONFIDENTIAL, may_show, policy
from analysis.disclosure.wording import NOT_AVAILABLE, day, period
from analysis.findings import charted
from analysis.findings.measures import COUNTS, DERIVED, moments
from analysis.findings.values import make_value
from analysis.indicators import comparison, registry
from analysis.indicators.changes import Place, beyond_chance, row
from analysis.indicators.definition import PERCENT, Indicator
from analysis.publishing.claims import kinds
from analysis.publishing.claims.kinds import Claim
from analysis.records.history import Known
from analysis.reference.project import Authority, UsageError
from analysis.reference.quarters import Quarter

WITHHELD = (
    "a figure that it rests on is withheld from this audience; say it to officers only (when-profile) or not at all"
)


@dataclass(frozen=True)
class Fact:
    """A figure behind a claim, as its audience may see it (an item of findings, `make_value`'s)."""

    item: Mapping
    whose: str = ""

    def __str__(self) -> str:
        about = f"{self.whose}, " if self.whose else ""
        return f"{self.item['text']} ({about}{self.item['period']})" if self.item["period"] else f"{self.item['text']}"


@dataclass(frozen=True)
class Verdict:
    """`holds`, or `why` it doesn't. `facts` are what the data say; `truthful` what a claim could say in its place."""

    claim: Claim
    holds: bool
    why: str = ""
    facts: tuple[Fact, ...] = ()
    truthful: tuple[str, ...] = ()
    title: str = ""
    note: str = ""

    @property
    def data_say(self) -> str:
        said = "; ".join(str(fact) for fact in self.facts)
        return f"{said}{f': {self.note}' if said and self.note else self.note}"

    @property
    def told(self) -> str:
        """Why the claim fails, what the data say and what could be said: for whoever wrote it."""
        could = f"; it could say {' or '.join(repr(one) for one in self.truthful)}" if self.truthful else ""
        data = f"; the data say {self.data_say}" if self.data_say else ""
        return f'the claim "{self.claim.words}" (says="{self.claim.says}") doesn\'t hold: {self.why}{data}{could}'


class Judge:
    """Judges claims from what was known at a quarter, as an audience may hear of it. One verdict for each claim's key."""

    def __init__(self, known: Known, authority: Authority, quarter: Quarter, audience: str,
                 findings: Mapping[str, Mapping] | None = None):  # fmt: skip
        self.known, self.authority, self.quarter, self.audience = known, authority, quarter, audience
        self.findings = findings or {}
        self._judged = lru_cache(maxsize=None)(self._judge)

    def given(self, findings: Mapping[str, Mapping]) -> Judge:
        """The same judge, who knows these values of findings by name."""
        return Judge(self.known, self.authority, self.quarter, self.audience, findings)

    def __call__(self, claim: Claim) -> Verdict:
        if fault := kinds.fault(claim):
            return Verdict(claim, False, fault)
        return self._judged(claim)

    def _judge(self, claim: Claim) -> Verdict:
        if claim.get("finding"):
            return self._of_a_finding(claim)
        try:
            about = registry.chosen([claim.get("indicator")])[0]
            quarters = [self._quarter(moment) for moment in claim.moments]
        except UsageError as error:
            return Verdict(claim, False, str(error))
        place = Place(self.authority, claim.get("by"), claim.get("category"))
        if place.by and place.by not in about.breakdowns:
            return Verdict(claim, False, f"{about.id} has no breakdown '{place.by}'; it has {', '.join(about.breakdowns) or 'none'}")  # fmt: skip
        if place.by in ("locality", "team") and not may_show(self.audience, place.by):
            return Verdict(claim, False, WITHHELD, title=about.title)
        if claim.says in kinds.CHARTS:
            return self._charted(claim, about, place, quarters[0])
        rows = [row(self.known, about, quarter, place) for quarter in quarters]
        if any(one is None for one in rows):
            return Verdict(
                claim, False, f"{about.id} by {place.by} has no category '{place.category}'", title=about.title
            )
        facts = tuple(Fact(self.item(about, one)) for one in rows)
        withheld = any(fact.item["text"] == CONFIDENTIAL for fact in facts)
        if withheld or any(self._protects_another(about, quarter, place) for quarter in quarters):
            return Verdict(claim, False, WITHHELD, title=about.title)
        if any(fact.item["text"] == NOT_AVAILABLE for fact in facts):
            return Verdict(
                claim, False, "the records don't reach so far, so that nobody can say", facts, title=about.title
            )
        judged = self._change if claim.says in kinds.CHANGES else self._level if claim.says in kinds.COMPARISONS else self._amount  # fmt: skip
        return judged(claim, about, place, rows, facts, quarters)

    def _quarter(self, moment: str) -> Quarter:
        named = {**moments(self.quarter), "quarter_ago": self.quarter.shift(-1)}
        if moment in named:
            return named[moment]
        try:
            return Quarter.parse(moment)
        except ValueError:
            raise UsageError(
                f"'{moment}' is no moment; use {', '.join(named)}, or a quarter such as 2017-18-Q4"
            ) from None

    def item(self, about: Indicator, found: Mapping) -> dict:
        """A row of the indicators' table as this audience may see it."""
        parts = {name: found[name] for name in ("numerator", "denominator") if not pd.isna(found[name])}
        return make_value(
            self.audience, None if pd.isna(found["value"]) else found["value"], unit=about.unit, **parts, indicator=about.id,
            title=about.title, definition=about.definition, period=_period(about, found),
            of_things=about.of_things,
        )  # fmt: skip

    def _protects_another(self, about: Indicator, quarter: Quarter, place: Place) -> bool:
        """Whether a category's figure is withheld because, with the others, it would give a small one back."""
        if not place.by:
            return False
        table = registry.series(self.known, [about.id], [quarter], by=[place.by], authority=place.authority)
        frame = table[["breakdown", "category", *COUNTS, *DERIVED]].reset_index(drop=True)
        hidden = policy.release(frame, self.audience, counts=COUNTS, derived=DERIVED).is_withheld("value")
        return bool(hidden[(frame["breakdown"] == place.by) & (frame["category"] == place.category)].any())

    def _change(self, claim, about, place, rows, facts, quarters) -> Verdict:
        before, after = rows
        if tuple(before[["period_start", "period_end"]]) == tuple(after[["period_start", "period_end"]]):
            return Verdict(claim, False, "both moments have the same period", facts, title=about.title)
        real = beyond_chance(self.known, about, place, before, after, tuple(quarters))
        true = _changes(after["value"] - before["value"], real)
        note = "more than chance would give" if real else "no more than usual variation"
        return _verdict(claim, about, facts, true, note)

    def _level(self, claim, about, place, rows, facts, quarters) -> Verdict:
        (local,) = rows
        target = claim.number("target")
        if target is None:
            try:
                beside = comparison.compare(local, claim.get("against"))
            except UsageError as error:
                return Verdict(claim, False, str(error), facts, title=about.title)
            if beside.refused or beside.value is None:
                return Verdict(claim, False, beside.refused or f"no figure is published for {beside.name}", facts, title=about.title)  # fmt: skip
            other = make_value(self.audience, beside.value, unit=about.unit, rests_on=[np.nan], period=beside.label)
            facts = (*facts, Fact({**other, "comparator": beside}, beside.name))
            target = beside.value
        else:
            facts = (*facts, Fact({"text": f"{target:g}", "period": ""}, "the target"))
        lower, upper = local["lower"], local["upper"]
        exact = pd.isna(lower) or pd.isna(upper)
        real = bool(local["value"] != target) if exact else not lower <= target <= upper
        true = _levels(local["value"] - target, real)
        return _verdict(claim, about, facts, true, "more than chance would give" if real else "no more than chance would give")  # fmt: skip

    def _amount(self, claim, about, place, rows, facts, quarters) -> Verdict:
        return self._amount_of(claim, rows[0]["value"], about.unit, about.title, facts)

    def _amount_of(self, claim: Claim, value: float, unit: str, title: str, facts: tuple[Fact, ...]) -> Verdict:
        if claim.says in (kinds.NEARLY_ALL, kinds.MAJORITY):
            if unit != PERCENT:
                return Verdict(
                    claim, False, f"'{claim.says}' is said of a share, and this isn't one", facts, title=title
                )
            reached = {
                kinds.NEARLY_ALL: value >= kinds.NEARLY_ALL_PERCENT,
                kinds.MAJORITY: value > kinds.MAJORITY_PERCENT,
            }
            true = tuple(kind for kind, so in reached.items() if so)
            holds = claim.says in true
            return Verdict(claim, holds, "" if holds else "the share is smaller", facts, () if holds else true, title)
        wanted = claim.number("value")
        holds = bool(value >= wanted if claim.says == kinds.AT_LEAST else value <= wanted)
        return Verdict(claim, holds, "" if holds else f"it isn't {claim.says} {wanted:g}", facts, title=title)

    def _of_a_finding(self, claim: Claim) -> Verdict:
        name = claim.get("finding")
        if name not in self.findings:
            return Verdict(claim, False, f"there is no value named '{name}' (docs/findings.md)")
        item = self.findings[name]
        fact = (Fact({**item, "period": item.get("period", "")}),)
        if item["text"] == CONFIDENTIAL:
            return Verdict(claim, False, WITHHELD, title=item.get("title", ""))
        if not isinstance(item.get("value"), int | float):
            return Verdict(claim, False, "it isn't a number, so that nobody can say", fact, title=item.get("title", ""))
        return self._amount_of(claim, item["value"], item.get("unit", ""), item.get("title", name), fact)

    def _charted(self, claim: Claim, about: Indicator, place: Place, quarter: Quarter) -> Verdict:
        seen = charted.months(self.known, about, place, quarter)
        if isinstance(seen, str):
            return Verdict(claim, False, seen, title=about.title)
        said = charted.judge(seen, about, self.audience)
        holds = (claim.says == kinds.SPECIAL_CAUSE) == said.special
        true = () if holds else (kinds.SPECIAL_CAUSE if said.special else kinds.USUAL_VARIATION,)
        why = "" if holds else "the control chart says otherwise"
        return Verdict(claim, holds, why, (), true, about.title, said.words)


def _period(about: Indicator, found: Mapping) -> str:
    """The period that a figure takes in, in words: `the three years to 30 September 2018` where it is more than its year."""
    if about.over_years == 1:
        return period(found["period_start"], found["period_end"])
    return f"the {_YEARS.get(about.over_years, about.over_years)} years to {day(found['period_end'])}"


_YEARS = {2: "two", 3: "three", 4: "four", 5: "five"}


def _verdict(claim: Claim, about: Indicator, facts, true: tuple[str, ...], note: str) -> Verdict:
    holds = claim.says in true
    why = "" if holds else f"what is so is '{true[0]}'"
    return Verdict(claim, holds, why, facts, () if holds else true, about.title, note)


def _changes(gap: float, real: bool) -> tuple[str, ...]:
    """Every kind of change that may be said."""
    if real:
        return (kinds.ROSE,) if gap > 0 else (kinds.FELL,)
    if gap == 0:
        return (kinds.STEADY,)
    return (kinds.STEADY, kinds.ROSE_SLIGHTLY if gap > 0 else kinds.FELL_SLIGHTLY)


def _levels(gap: float, real: bool) -> tuple[str, ...]:
    if real:
        return (kinds.ABOVE,) if gap > 0 else (kinds.BELOW,)
    if gap == 0:
        return (kinds.IN_LINE,)
    return (kinds.IN_LINE, kinds.SLIGHTLY_ABOVE if gap > 0 else kinds.SLIGHTLY_BELOW)
