"""What a sentence may claim: the kinds, what each must say beside its figures, and what their words mean in numbers."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

ROSE, FELL, STEADY = "rose", "fell", "steady"
ROSE_SLIGHTLY, FELL_SLIGHTLY = "rose slightly", "fell slightly"
ABOVE, BELOW, IN_LINE = "above", "below", "in line with"
SLIGHTLY_ABOVE, SLIGHTLY_BELOW = "slightly above", "slightly below"
AT_LEAST, AT_MOST, NEARLY_ALL, MAJORITY = "at least", "at most", "nearly all", "a majority"
SPECIAL_CAUSE, USUAL_VARIATION = "special cause", "usual variation"

CHANGES = (ROSE, FELL, ROSE_SLIGHTLY, FELL_SLIGHTLY, STEADY)
COMPARISONS = (ABOVE, BELOW, SLIGHTLY_ABOVE, SLIGHTLY_BELOW, IN_LINE)
AMOUNTS = (AT_LEAST, AT_MOST, NEARLY_ALL, MAJORITY)
CHARTS = (SPECIAL_CAUSE, USUAL_VARIATION)
KINDS = (*CHANGES, *COMPARISONS, *AMOUNTS, *CHARTS)

# "Nearly all" leaves out no more than one in twenty; "a majority" is more than half.
NEARLY_ALL_PERCENT, MAJORITY_PERCENT = 95.0, 50.0
# What a sentence says where the difference may be chance.
CAVEAT = re.compile(r"\busual variation\b|\bchance\b", re.IGNORECASE)
NEED_A_CAVEAT = (ROSE_SLIGHTLY, FELL_SLIGHTLY, SLIGHTLY_ABOVE, SLIGHTLY_BELOW)
ATTRIBUTES = frozenset(
    {"indicator", "finding", "says", "from", "to", "at", "against", "target", "value", "by", "category"}
)

_UP = re.compile(r"\b(?:rose|risen|rise[sn]?|rising|increas\w+|grew|grown|growing|growth|higher|more|longer|above|over)\b", re.IGNORECASE)  # fmt: skip
_DOWN = re.compile(r"\b(?:fell|fallen|falls?|falling|decreas\w+|reduc\w+|dropp?\w*|lower|fewer|less|shorter|down|below|under)\b", re.IGNORECASE)  # fmt: skip
_GO_UP = frozenset({ROSE, ROSE_SLIGHTLY, ABOVE, SLIGHTLY_ABOVE})
_GO_DOWN = frozenset({FELL, FELL_SLIGHTLY, BELOW, SLIGHTLY_BELOW})


@dataclass(frozen=True)
class Claim:
    """A claim as its sentence makes it. `words` are what a reader sees, `attributes` what the writer bound them to."""

    words: str
    attributes: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """What the claim's truth depends on, in one spelling; the filter that shows it makes the same."""
        return ";".join(f"{name}={value}" for name, value in sorted(self.attributes))

    def get(self, name: str, otherwise: str = "") -> str:
        return dict(self.attributes).get(name, otherwise)

    @property
    def says(self) -> str:
        return self.get("says")

    @property
    def moments(self) -> tuple[str, ...]:
        """The moments that it speaks of, in order of time for a change."""
        last = self.get("to") or self.get("at") or "now"
        return (self.get("from"), last) if self.says in CHANGES else (last,)

    def number(self, name: str) -> float | None:
        try:
            return float(self.get(name))
        except ValueError:
            return None


def fault(claim: Claim) -> str:
    """Why a claim can't be understood, or its words don't go with what it says; blank where they do."""
    given = dict(claim.attributes)
    if strange := sorted(set(given) - ATTRIBUTES):
        return f"a claim has no '{strange[0]}'; it has {', '.join(sorted(ATTRIBUTES))}"
    if claim.says not in KINDS:
        near = difflib.get_close_matches(claim.says, KINDS, 1)
        return f'says="{claim.says}" is no kind of claim; {f"did you mean {near[0]}?" if near else "it is one of " + ", ".join(KINDS)}'
    if ("indicator" in given) == ("finding" in given):
        return "a claim names an indicator (docs/indicators.md) or a finding (docs/findings.md), and not both"
    if "finding" in given and claim.says not in AMOUNTS:
        return f"'{claim.says}' needs an indicator: a finding is one value, and can only be {', '.join(AMOUNTS)}"
    if claim.says in CHANGES and "from" not in given:
        return f"'{claim.says}' needs from=\"...\": a moment such as year_ago or last_year_end, or a quarter"
    if claim.says in COMPARISONS and ("against" in given) == ("target" in given):
        return f'\'{claim.says}\' needs against="england", "region" or "neighbours", or target="..."'
    for name, kinds in (("target", COMPARISONS), ("value", (AT_LEAST, AT_MOST))):
        if name in given and (claim.says not in kinds or claim.number(name) is None):
            return f'{name}="{given[name]}" must be a number, and goes with {", ".join(kinds)}'
    if claim.says in (AT_LEAST, AT_MOST) and "value" not in given:
        return f"'{claim.says}' needs value=\"...\""
    if ("by" in given) != ("category" in given):
        return 'by and category go together: by="locality" category="North"'
    return _words(claim)


def _words(claim: Claim) -> str:
    if claim.says in NEED_A_CAVEAT and not CAVEAT.search(claim.words):
        return f"'{claim.says}' may be chance, and its words must say so: put \"within usual variation\" inside the brackets"
    against = {True: (_DOWN, _UP), False: (_UP, _DOWN)}
    if claim.says in _GO_UP | _GO_DOWN:
        contrary, agreeing = against[claim.says in _GO_UP]
        if contrary.search(claim.words) and not agreeing.search(claim.words):
            return f'the words "{claim.words}" go the other way from says="{claim.says}"'
    return ""
