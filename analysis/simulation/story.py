"""The story while it is being told, quarter by quarter: where each child stands, and what has happened so far."""

from __future__ import annotations

import numpy as np

from analysis.reference.calendar import Quarter
from analysis.simulation.days import FAR, NEVER, birthday, number, on_working_day, stream
from analysis.simulation.parameters import Parameters
from analysis.simulation.population import Population


class Log:
    """Events in the order in which they were told: columns of equal length that grow."""

    def __init__(self, *columns: str):
        self._columns: dict[str, np.ndarray] = {name: np.empty(0, dtype=object) for name in columns}
        self.length = 0

    def add(self, **values) -> np.ndarray:
        """Adds rows and gives their positions. Single values are repeated."""
        arrays = {name: np.asarray(values[name]) for name in self._columns}
        size = max(len(array) for array in arrays.values() if array.ndim)
        for name, array in arrays.items():
            # Text of a fixed width would cut what is written over it later.
            kept = array.astype(object) if array.dtype.kind == "U" else array
            new = np.broadcast_to(kept, (size,))
            self._columns[name] = np.concatenate([self._columns[name], new]) if self.length else new.copy()
        positions = np.arange(self.length, self.length + size)
        self.length += size
        return positions

    def __getitem__(self, column: str) -> np.ndarray:
        return self._columns[column]

    def __len__(self) -> int:
        return self.length


class Story:
    """Where each child of the population stands (arrays by child) and the logs of what happened.

    The only thing in the simulation that changes as it goes. `episode`, `plan`, `period` are positions in the logs of
    the child's latest episode of need, child protection plan and period of care (-1: never had one).
    """

    def __init__(self, population: Population, parameters: Parameters, seed: int):
        self.population, self.parameters, self.seed = population, parameters, seed
        self.random = stream(seed, "story")
        count = len(population)
        self.died = np.full(count, FAR)
        # The last day on which anything can happen to the child here: 18, adopted (a new identity) or died.
        self.until = birthday(population.born, 18)
        self.episode = np.full(count, -1)
        self.plan = np.full(count, -1)
        self.period = np.full(count, -1)
        self.plans_before = np.zeros(count, dtype=np.int64)
        self.referred = np.full(count, NEVER)
        self.conferred = np.full(count, NEVER)
        self.referrals = Log("child", "day", "source", "no_further_action")
        self.episodes = Log("child", "start", "need", "assessed", "authorised", "not_in_need", "close", "reason")
        self.conferences = Log("child", "day", "led_to_plan", "transfer", "enquiry", "episode")
        self.plans = Log("child", "start", "end", "category", "latest", "previous", "episode", "before", "unrecorded")
        # `order` and `reversed`: when a placement order was made, and when the plan for adoption was given up.
        self.periods = Log("child", "start", "end", "reason", "episode", "before", "order", "reversed")

    # --- where a child stands --------------------------------------------------------------------------

    def of_latest(self, log: Log, latest: np.ndarray, column: str, never: int = NEVER) -> np.ndarray:
        """A column of each child's latest row in a log, `never` where there is none."""
        if not len(log):
            return np.full(len(latest), never)
        return np.where(latest >= 0, log[column][latest], never)

    def closes(self) -> np.ndarray:
        """The day on which each child's latest episode of need closes, as far as is known yet."""
        return self.of_latest(self.episodes, self.episode, "close")

    def plan_ends(self) -> np.ndarray:
        return self.of_latest(self.plans, self.plan, "end")

    def care_ends(self) -> np.ndarray:
        return self.of_latest(self.periods, self.period, "end")

    def on_plan(self) -> np.ndarray:
        return self.plan_ends() == FAR

    def in_care(self) -> np.ndarray:
        return self.care_ends() == FAR

    # --- what changes it -------------------------------------------------------------------------------

    def open_episodes(self, child, start, need, assessed, authorised, not_in_need, close) -> None:
        close = np.minimum(close, np.maximum(self.until[child], np.asarray(start) + 1))
        reason = np.where(not_in_need, "RC8", "RC7")
        self.episode[child] = self.episodes.add(
            child=child, start=start, need=need, assessed=assessed, authorised=authorised, not_in_need=not_in_need,
            close=close, reason=reason,
        )  # fmt: skip
        self.referred[child] = start

    def keep_open(self, child, until, reason="RC7") -> None:
        """Moves the closure of the children's latest episodes to `until` (at most the eighteenth birthday)."""
        episode = self.episode[child]
        self.episodes["close"][episode] = np.where(
            np.asarray(until) >= FAR, FAR, np.maximum(np.minimum(until, self.until[child]), until * 0 + self.episodes["start"][episode] + 1)
        )  # fmt: skip
        self.episodes["reason"][episode] = reason
        self.episodes["not_in_need"][episode] = False

    def start_plans(self, child, day, category, latest, before=False) -> None:
        self.plan[child] = self.plans.add(
            child=child, start=day, end=FAR, category=category, latest=latest, previous=self.plans_before[child],
            episode=self.episode[child], before=before, unrecorded=False,
        )  # fmt: skip
        self.plans_before[child] += 1
        self.keep_open(child, np.full(len(child), FAR))

    def start_periods(self, child, day, before=False) -> None:
        self.period[child] = self.periods.add(
            child=child, start=day, end=FAR, reason="", episode=self.episode[child], before=before, order=FAR,
            reversed=FAR,
        )  # fmt: skip
        self.keep_open(child, np.full(len(child), FAR))

    def working_days(self, quarter: Quarter, size: int) -> np.ndarray:
        """Working days drawn evenly over the quarter."""
        first, last = number(quarter.start), number(quarter.end)
        return on_working_day(self.random.integers(first, last + 1, size), back=False).clip(
            max=int(on_working_day(last, back=True))
        )
