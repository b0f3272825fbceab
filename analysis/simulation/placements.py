"""With whom each child lives: the placements of every period of care, moves included.

How many children at each quarter's end have had three or more placements in the twelve months to it is a parameter;
how many children with two placements move on in the quarter is what takes the number there. How many moves there are
in all is one too, and the share of children long in care who are to stay settled. Who moves, when and where to is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.adoption_steps import Adoption
from analysis.simulation.days import FAR, date, number
from analysis.simulation.parameters import Parameters
from analysis.simulation.periods import Periods, stretches

# Reasons why an unplanned move ends a placement, with weights; reference: SSDA903 code list.
_UNPLANNED = ("CREQB", "CREQO", "CHILD", "LAREQ", "CLOSE", "ALLEG", "STAND", "APPRR", "OTHER")
_UNPLANNED_WEIGHTS = np.array([30, 18, 10, 16, 5, 3, 3, 3, 12]) / 90 * 0.9
_MANY = 3
# Nobody moves in the last days before an adoptive placement or the end of the period.
_CALM_DAYS = 30
# Long-term stability, as DfE has it: under sixteen, two and a half years in care, two in the placement.
_LONG_AGE, _LONG_CARE, _LONG_STAY = 16, 913, 730


@dataclass(frozen=True)
class Placement:
    """`carer` numbers the carers of a period; `spot` the places of all periods, in `Spots`."""

    start: int
    code: str
    provider: str | None
    spot: int
    urn: str | None
    carer: int
    reason: str | None = None  # why the placement before it ended


class Placements:
    """The placements of every period while they are told, and the stays with a carer that they make."""

    def __init__(self, care: Periods, plans: list[Adoption | None], parameters: Parameters, rng: np.random.Generator):
        self.care, self.plans, self.parameters, self.rng = care, plans, parameters, rng
        self.told: list[list[Placement]] = [[] for _ in range(len(care))]
        # A stay a row; positions are the spots. `near` is the spot that a stay away belongs to, itself otherwise.
        self.near: list[int] = []
        self.period: list[int] = []
        self.start: list[int] = []
        self.end: list[int] = []
        self.code: list[str] = []
        self.provider: list[str] = []
        self.placed = np.asarray([plan.placed if plan else FAR for plan in plans], dtype=np.int64)

    def tell(self, quarters: list[Quarter]) -> None:
        for quarter, first, last in stretches(quarters):
            for n in np.flatnonzero((self.care.start >= first) & (self.care.start <= last)):
                self._begin(int(n), int(self.care.start[n]), None)
            for n in np.flatnonzero((self.placed >= first) & (self.placed <= last) & (self.placed < self.care.until)):
                self._place_for_adoption(int(n))
            self._move_on(quarter, max(first, number(quarter.start)), last)
        self._settle()

    # --- one placement ----------------------------------------------------------------------------------

    def _begin(self, n: int, day: int, reason: str | None, kind: tuple[str, str] | None = None) -> None:
        before = self.told[n][-1] if self.told[n] else None
        code, provider = kind or self._kind(n, day, before)
        urn = None
        if code in ("K2", "K1") or (code[0] == "U" and provider != "PR1"):
            urn = f"SC{int(self.rng.integers(30, 480)):06d}"
        if before is not None:
            self.end[before.spot] = day
        self.near.append(len(self.near))
        self.period.append(n)
        self.start.append(day)
        self.end.append(int(self.care.until[n]))
        self.code.append(code)
        self.provider.append(provider)
        carer = before.carer + 1 if before else 0
        self.told[n].append(Placement(day, code, provider, len(self.start) - 1, urn, carer, reason))

    def _place_for_adoption(self, n: int) -> None:
        now, plan = self.told[n][-1], self.plans[n]
        if plan.same_carer and now.code[0] == "U":
            self.told[n].append(replace(now, start=plan.placed, code="A5", provider="PR1", urn=None, reason="CARPL"))
        else:
            self._begin(n, plan.placed, "CARPL", ("A6", "PR1"))

    def _kind(self, n: int, day: int, before: Placement | None) -> tuple[str, str]:
        age = (day - self.care.born[n]) / 365.25
        kinds = {
            ("U6", "PR1"): 0.47, ("U6", "PR4"): 0.16 + 0.05 * (age > 11), ("U6", "PR5"): 0.03, ("U3", "PR1"): 0.17,
            ("P1", "PR0"): 0.08, ("R3", "PR4"): 0.05 * (age < 1), ("K2", "PR1"): 0.1 * (age > 11) + 0.01,
            ("K2", "PR4"): 0.09 * (age > 11), ("H5", "PR4"): 0.3 * (age > 16), ("P2", "PR1"): 0.12 * (age > 16.5),
            ("S1", "PR4"): 0.02 * (age > 10), ("K1", "PR3"): 0.008 * (age > 12), ("R5", "PR3"): 0.006 * (age > 15),
        }  # fmt: skip
        if self.care.seeking[n]:
            kinds = {("U6", "PR4"): 0.4, ("U6", "PR1"): 0.2, ("H5", "PR4"): 0.4 * (age > 16)}
        if before is not None and before.code in ("P1", "R3"):
            kinds.pop((before.code, before.provider), None)
        if day >= self.care.order[n] or before is None:
            # A child isn't at home when the period of care begins, nor once adoption is decided.
            kinds.pop(("P1", "PR0"), None)
        weights = np.array(list(kinds.values()))
        return list(kinds)[int(self.rng.choice(len(weights), p=weights / weights.sum()))]

    # --- a quarter's moves ------------------------------------------------------------------------------

    def _move_on(self, quarter: Quarter, first: int, last: int) -> None:
        care, rng = self.care, self.rng
        there = np.flatnonzero((care.start <= last) & (care.until > last))
        since = np.asarray([self.start[self.told[n][-1].spot] for n in there], dtype=np.int64)
        held = self._carers_in_year(there, last)
        able = (since <= last - 12) & (self.placed[there] > last + _CALM_DAYS) & (care.end[there] > last + 5)
        weight = self._restlessness(there, since, last)
        target = self.parameters.stock(quarter, "care", "three_placements")
        short = max(0, target - int((held >= _MANY).sum()))

        def draw(pool: np.ndarray, count: int) -> list[int]:
            pool = pool[np.argsort(rng.exponential(size=len(pool)) / weight[pool], kind="stable")]
            return pool[: max(0, count)].tolist()

        # As many of the long settled move on as leaves the year's share of those long in care settled; no others.
        long_here = (last - care.start[there] > _LONG_CARE) & (care.age(last)[there] < _LONG_AGE)
        settled = long_here & (last - since > _LONG_STAY)
        share = self.parameters.of(quarter)["care"]["long_term_stability_percent"]
        once = draw(
            np.flatnonzero(settled & able & (held < _MANY - 1)),
            int(settled.sum() - round(share / 100 * long_here.sum())),
        )
        able &= ~settled
        twos, ones = np.flatnonzero(able & (held == _MANY - 1)), np.flatnonzero(able & (held < _MANY - 1))
        calm = (last - np.maximum(since, first)) >= 30
        third = draw(twos, short)
        double = draw(ones[calm[ones]], short - len(third))
        once += third
        many = np.flatnonzero(able & (held >= _MANY))
        once += draw(many, round(0.2 * len(many)))
        rest = np.setdiff1d(ones, double)
        once += draw(rest, self.parameters.count(quarter, "care", "moves") - len(once) - 2 * len(double))
        for place in sorted(once):
            self._move(int(there[place]), int(max(first, since[place] + 2)), last)
        for place in sorted(double):
            middle = int(max(first, since[place] + 2) + last) // 2
            self._move(int(there[place]), int(max(first, since[place] + 2)), middle)
            self._move(int(there[place]), middle + 2, last)

    def _carers_in_year(self, there: np.ndarray, last: int) -> np.ndarray:
        """With how many carers each child had a stay of a night or more in the year to a day, all periods counted."""
        day = date(last)
        opened = number(day.replace(year=day.year - 1)) + 1
        period, start, end = (np.asarray(v, dtype=np.int64) for v in (self.period, self.start, self.end))
        touching = (start <= last) & (end > opened) & (end > start)
        child = self.care.child[period[touching]]
        number_of = dict(zip(*np.unique(child, return_counts=True), strict=True))
        return np.asarray([number_of.get(c, 0) for c in self.care.child[there]], dtype=np.int64)

    def _restlessness(self, there: np.ndarray, since: np.ndarray, last: int) -> np.ndarray:
        """How likely each is to move, relative to the others: the young and the long settled far less."""
        age, stayed, cared = self.care.age(last)[there], last - since, last - self.care.start[there]
        rate = np.select([cared < 180, cared < 700], [2.0, 1.2], 0.6) * np.select([age > 13, age < 5], [1.7, 0.8], 1.0)
        settled = np.where(stayed > 365, self.parameters.common["care"]["settled"], 1.0)
        code = np.asarray([self.told[n][-1].code for n in there], dtype=object)
        return rate * settled * np.where(np.isin(code, ["K2", "H5"]), 1.4, np.where(code == "P1", 0.4, 1.0))

    def _move(self, n: int, earliest: int, latest: int) -> None:
        day = earliest + int(self.rng.random() * (latest - earliest + 1))
        planned = self.rng.random() < 0.5
        self._begin(n, day, "CARPL" if planned else str(self.rng.choice(_UNPLANNED, p=_UNPLANNED_WEIGHTS)))

    # --- afterwards -------------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Long-lasting foster placements are matched for the long term, and some carers go on holiday."""
        for n, told in enumerate(self.told):
            found: list[Placement] = []
            for place, now in enumerate(told):
                end = told[place + 1].start if place + 1 < len(told) else int(self.care.until[n])
                found.append(now)
                if now.code not in ("U6", "U3"):
                    continue
                if end - now.start > 200 and self.rng.random() < 0.12:
                    found += self._holiday(n, now, end)
                matched = now.start + int(self.rng.integers(300, 480))
                grown = matched - self.care.born[n] > 5 * 365
                if matched < end - 60 and grown and self.care.order[n] == FAR and self.rng.random() < 0.7:
                    longer = replace(found[-1], start=matched, code="U4" if now.code == "U6" else "U1", reason="PLACE")
                    found.append(longer)
            self.told[n] = found

    def _holiday(self, n: int, now: Placement, end: int) -> list[Placement]:
        """The carers' holiday: somewhere else for a while, and back."""
        away = now.start + int(self.rng.integers(30, min(250, end - now.start - 40)))
        back = away + int(self.rng.integers(7, 19))
        self.near.append(now.spot)
        self.period.append(n)
        self.start.append(away)
        self.end.append(back)
        self.code.append("T3")
        self.provider.append("")
        spot = len(self.start) - 1
        return [replace(now, start=away, code="T3", provider=None, spot=spot, urn=None, carer=1000, reason="OTHER"),
                replace(now, start=back, reason="OTHER")]  # fmt: skip
