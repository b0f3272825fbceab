"""Child protection plans that end in a quarter: how many after how long, which, when, and which ends are recorded late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.calendar import Quarter
from analysis.simulation.days import dates, draw_groups, number, on_working_day
from analysis.simulation.protection import of_the_year
from analysis.simulation.story import Story

# DfE's bands of how long plans last (children in need, D5 and D7), by the days with which each begins.
BANDS = ("three_months", "six_months", "year", "two_years", "longer")
FROM = np.array([20, 92, 183, 365, 730])
TO = np.array([91, 182, 364, 729, 100_000])
# Bands whose stock is followed every quarter; the others' only on 31 March, for which it is published.
_FOLLOWED = ("two_years", "longer")
# An end that is recorded late happens in the last days of the year, of a plan of middling length.
_LATE_DAYS, _LATE_FROM, _LATE_TO = 20, 200, 640
_DAYS_A_MONTH = 365.25 / 12


def end_plans(story: Story, quarter: Quarter) -> None:
    """The quarter's ends: whoever turns eighteen, then families, so that as many plans end in each band of length,
    and as many of each length are left open, as the parameters give. Where they give the chance of ending instead
    (`scenarios`), ends follow from how many plans are open and how long they have lasted."""
    ends = _Ends(story, quarter)
    ends.turn_eighteen()
    chances = story.parameters.of(quarter)["plans"].get("monthly_chance_of_ending_percent")
    if chances:
        ends.by_chance(np.array([chances[band] for band in BANDS]) / 100)
    else:
        ends.by_length()
    ends.record()
    late = story.parameters.count(quarter, "plans", "ends_recorded_late")
    if late:
        _end_unrecorded(story, quarter, late)


class _Ends:
    """The plans open in a quarter (arrays alike) and the day on which each of them ends, nought for none."""

    def __init__(self, story: Story, quarter: Quarter):
        self.story, self.quarter = story, quarter
        self.first, self.last = number(quarter.start), number(quarter.end)
        self.child = np.flatnonzero(story.on_plan())
        self.begun = story.plans["start"][story.plan[self.child]].astype(np.int64)
        self.end = np.zeros(len(self.child), dtype=np.int64)
        families = int(story.population.family.max()) + 1
        family = story.population.family[self.child]
        in_care = story.in_care()[self.child]
        self.group = np.where(in_care, families + self.child, family)
        self.weight = np.where(in_care, 3.0, 1.0)
        self.share = story.random.random(families)[family]
        wanted = of_the_year(story.parameters, quarter, "ends", story.parameters.of(quarter)["plans"]["lengths_ended"])
        self.wanted = np.array([(wanted == band).sum() for band in BANDS])

    def turn_eighteen(self) -> None:
        adult = np.flatnonzero(self.story.until[self.child] <= self.last)
        self.end[adult] = self.story.until[self.child[adult]]
        band = np.searchsorted(FROM, self.end[adult] - self.begun[adult], side="right") - 1
        for one in np.clip(band, 0, None):
            self.wanted[one if self.wanted[one] else int(np.argmax(self.wanted))] -= 1
        self.wanted = np.clip(self.wanted, 0, None)

    def by_length(self) -> None:
        """From the longest band down. Of those who would be in a band by the quarter's end as many end as bring it to
        its stock: in that band, or in the one below, before they reach it."""
        total, closed = self.wanted.sum(), (self.end > 0).sum()
        for band in range(len(BANDS) - 1, -1, -1):
            reach = self.last - self.begun
            stock = self._stock(BANDS[band])
            # Where none is to be left, nor is one that is in the band on the next quarter's first morning.
            cohort = (reach >= FROM[band] - (stock == 0)) & (reach <= TO[band])
            if stock is None:
                self._take(reach <= TO[len(BANDS) - len(_FOLLOWED) - 1], band, self.wanted[band])
                continue
            surplus = max(0, int((cohort & (self.end == 0)).sum()) - stock)
            # Long plans end in their number even in a quarter in which few grow long; the stock is met in March.
            longest = band == len(BANDS) - 1 and self.quarter.number < 4
            same = self._take(cohort, band, self.wanted[band] if longest else min(surplus, self.wanted[band]))
            if band:
                below = self._take(cohort, band - 1, min(max(0, surplus - same), self.wanted[band - 1]))
                self.wanted[band - 1] -= below
            self.wanted[band] -= same
        for band in range(len(BANDS)):
            # What chance left over in one band, another makes up.
            self._take(np.ones(len(self.child), dtype=bool), band, total - int((self.end > 0).sum()) + closed)

    def _stock(self, band: str) -> int | None:
        """How many plans of the band are to be open at the quarter's end: on the way from one 31 March to the next."""
        if self.quarter.number < 4 and band not in _FOLLOWED:
            return None
        parameters = self.story.parameters
        before = parameters.years.get(self.quarter.year - 1, parameters.common["before"])["plans"]
        start, finish = before["lengths_open"][band], parameters.of(self.quarter)["plans"]["lengths_open"][band]
        return parameters.scaled(start + (finish - start) * self.quarter.number / 4)

    def _take(self, cohort: np.ndarray, band: int, count: int) -> int:
        """Ends up to `count` plans of the cohort, on days on which they have run for as long as the band says."""
        low = np.maximum(self.first, self.begun + FROM[band])
        high = np.minimum(self.last, self.begun + TO[band])
        pool = np.flatnonzero(cohort & (self.end == 0) & (low <= high))
        # Who has been in the last band since before the quarter can't end in a shorter one.
        stuck = (band == len(BANDS) - 1) & (self.begun[pool] + FROM[band] <= self.first)
        weight = self.weight[pool] * np.where(stuck, 50.0, 1.0)
        chosen = pool[draw_groups(self.story.random, self.group[pool], weight, count)]
        low, high = low[chosen], high[chosen]
        day = low + np.floor(self.share[chosen] * (high - low + 1)).astype(np.int64)
        back, on = on_working_day(day, back=True), on_working_day(day)
        self.end[chosen] = np.where(back >= low, back, np.where(on <= high, on, day))
        return len(chosen)

    def by_chance(self, monthly: np.ndarray) -> None:
        """Each plan ends with the chance a month of its band of length, none before the first band begins. Brothers and
        sisters share their chance, so that plans that began together end together."""
        daily = -np.log1p(-monthly) / _DAYS_A_MONTH
        days = np.arange(self.first, self.last + 1)
        length = days - self.begun[:, None]
        band = np.searchsorted(FROM, length, side="right") - 1
        risk = np.where(band >= 0, daily[np.maximum(band, 0)], 0.0).cumsum(axis=1)
        _, group = np.unique(self.group, return_inverse=True)
        patience = self.story.random.exponential(size=group.max() + 1 if len(group) else 0)[group]
        chosen = np.flatnonzero((risk[:, -1] >= patience) & (self.end == 0))
        day = days[(risk[chosen] < patience[chosen, None]).sum(axis=1)]
        low = np.maximum(self.first, self.begun[chosen] + FROM[0])
        back, on = on_working_day(day, back=True), on_working_day(day)
        self.end[chosen] = np.where(back >= low, back, np.where(on <= self.last, on, day))

    def record(self) -> None:
        done = self.end > 0
        close_plans(self.story, self.child[done], self.end[done])


def close_plans(story: Story, child: np.ndarray, end: np.ndarray) -> None:
    """Ends plans; the cases of children who aren't looked after stay open for a while."""
    story.plans["end"][story.plan[child]] = end
    free = ~story.in_care()[child]
    story.keep_open(child[free], end[free] + story.random.integers(20, 200, int(free.sum())))


def _end_unrecorded(story: Story, quarter: Quarter, count: int) -> None:
    """Plans that end in the quarter's last days while the system says until the next that they are open."""
    last = number(quarter.end)
    child = np.flatnonzero(story.on_plan() & ~story.in_care() & (story.until > last + 200))
    length = last - story.plans["start"][story.plan[child]].astype(np.int64)
    child = child[(length > _LATE_FROM) & (length < _LATE_TO)]
    chosen = child[draw_groups(story.random, story.population.family[child], np.ones(len(child)), count)]
    end = on_working_day(last - story.random.integers(3, _LATE_DAYS, len(chosen)), back=True)
    story.plans["end"][story.plan[chosen]] = end
    story.plans["unrecorded"][story.plan[chosen]] = True
    story.keep_open(chosen, end + story.random.integers(90, 200, len(chosen)))


def unrecorded(story: Story) -> pd.DataFrame:
    """The plans (child_id, start_date) whose end was entered in the quarter after it."""
    place = np.flatnonzero(story.plans["unrecorded"].astype(bool))
    child = story.plans["child"][place].astype(int)
    return pd.DataFrame(
        {"child_id": story.population.identifier[child], "start_date": dates(story.plans["start"][place])}
    ).astype({"child_id": "string"})
