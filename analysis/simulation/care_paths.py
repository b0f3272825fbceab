"""What happens within a period of care: legal statuses and placements, as episodes in the logic of the SSDA903."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulation.days import FAR
from analysis.simulation.places import placement_postcode

# Reasons why an unplanned and a planned move ends a placement, with weights; reference: SSDA903 code list.
_UNPLANNED = ("CREQB", "CREQO", "CHILD", "LAREQ", "CLOSE", "ALLEG", "STAND", "APPRR", "OTHER")
_UNPLANNED_WEIGHTS = np.array([30, 18, 10, 16, 5, 3, 3, 3, 12]) / 100
_TEMPORARY = ("T0", "T1", "T2", "T3", "T4")


@dataclass(frozen=True)
class Placement:
    start: int
    code: str
    provider: str | None
    postcode: str
    urn: str | None
    carer: int
    reason: str | None = None  # why the placement before it ended


@dataclass(frozen=True)
class Episode:
    """One row of SSDA903 episodes; `end` is FAR while it runs."""

    start: int
    reason_new: str
    legal_status: str
    placement: Placement
    end: int
    reason_ended: str | None
    reason_change: str | None


@dataclass(frozen=True)
class Adoption:
    """The steps of a child's adoption plan, as days; FAR: not taken."""

    decision: int
    order: int
    matched: int
    placed: int
    adopted: int
    reversed: int
    foster_to_adopt: int
    same_carer: bool


@dataclass(frozen=True)
class Period:
    start: int
    end: int
    reason: str
    born: int
    locality: str
    home: str
    unaccompanied: bool
    horizon: int  # nothing is told after it

    @property
    def until(self) -> int:
        return min(self.end, self.horizon)

    def age(self, day: int) -> float:
        return (day - self.born) / 365.25


def path(period: Period, rng: np.random.Generator) -> tuple[list[Episode], Adoption | None]:
    """The episodes of a period of care, and its adoption plan where it has one."""
    plan = _adoption(period, rng)
    legal = _legal_statuses(period, plan, rng)
    placements = _placements(period, plan, rng)
    return _episodes(period, legal, placements), plan


# --- adoption ------------------------------------------------------------------------------------


def _adoption(period: Period, rng: np.random.Generator) -> Adoption | None:
    length = period.until - period.start
    if period.reason in ("E11", "E12"):
        placed = period.end - int(rng.integers(120, max(121, min(330, length - 280))))
        order = period.start + int((placed - period.start) * rng.uniform(0.45, 0.75))
        matched = placed - int(rng.integers(10, 40))
        same = rng.random() < 0.12
        early = order - int(rng.integers(20, 60)) if not same and rng.random() < 0.1 else FAR
        return Adoption(order - int(rng.integers(15, 60)), order, max(matched, order + 5), placed, period.end, FAR,
                        early, same)  # fmt: skip
    young = period.age(period.start) < 6 and not period.unaccompanied
    if (
        not young
        or length < 300
        or rng.random() > (0.32 if period.reason else 0.6)
        or period.reason not in ("", "E4A", "E43", "E44", "E45")
    ):
        return None
    # A plan for adoption that isn't complete, or was given up.
    order = period.start + int(rng.integers(180, 290))
    decision = order - int(rng.integers(15, 60))
    waits = order + int(rng.integers(60, 400))
    if period.reason or rng.random() < 0.25:
        given_up = min(waits, period.until - 1)
        if given_up <= order + 2:
            return None
        return Adoption(decision, order, FAR, FAR, FAR, given_up, FAR, False)
    recent = waits + 400 > period.until
    matched = waits if recent and waits + 30 < period.until else FAR
    if not recent:
        return None
    placed = matched + int(rng.integers(10, 30)) if matched < FAR else FAR
    return Adoption(decision, order, matched, placed, FAR, FAR, FAR, False)


# --- legal status --------------------------------------------------------------------------------


def _legal_statuses(period: Period, plan: Adoption | None, rng: np.random.Generator) -> list[tuple[int, str]]:
    start, until, age = period.start, period.until, period.age(period.start)
    if period.unaccompanied:
        return [(start, "V2")]
    if plan is None:
        home_bound = period.reason in ("E4A", "E4B", "E5", "E6", "E13", "E8", "E9")
        length = until - start
        voluntary = 0.62 if home_bound else 0.05 if period.reason.startswith("E4") else 0.3 if length < 400 else 0.1
        if age > 15:
            voluntary = max(voluntary, 0.55)
        if rng.random() < voluntary:
            return [(start, "V2")]
    opening = rng.random()
    found: list[tuple[int, str]] = []
    if opening < 0.12:
        found = [(start, "L1"), (start + 2, "V2" if rng.random() < 0.5 else "C1")]
    elif opening < 0.2:
        found = [(start, "L2"), (start + 7, "C1")]
    elif opening < 0.55:
        found = [(start, "V2")]
    else:
        found = [(start, "C1")]
    if found[-1][1] == "V2":
        found.append((found[-1][0] + int(rng.integers(20, 75)), "C1"))
    decided = found[-1][0] + int(rng.integers(150, 260))
    if plan is not None:
        found += [(plan.order, "E1")]
        if plan.reversed < FAR:
            found += [(plan.reversed, "C2")]
    elif period.reason[:3] not in ("E43", "E44", "E45", "E46", "E47", "E48", "E41") or until - decided > 300:
        found += [(decided, "C2")]
    kept: list[tuple[int, str]] = []
    for day, status in found:
        if not kept or (kept[-1][0] < day < until and status != kept[-1][1]):
            kept.append((day, status))
    return kept


# --- placements ----------------------------------------------------------------------------------


def _placements(period: Period, plan: Adoption | None, rng: np.random.Generator) -> list[Placement]:
    last = min(period.until, plan.placed if plan else FAR)
    found = [_placement(period, period.start, 0, None, None, rng)]
    while True:
        now = found[-1]
        move = now.start + int(rng.exponential(365.25 / _moves_a_year(period, now))) + 2
        if now.code in ("U6", "U3") and now.code[0] == "U" and move > now.start + 500:
            settled = now.start + int(rng.integers(300, 480))
            if settled < last - 60 and rng.random() < 0.7:
                longer = "U4" if now.code == "U6" else "U1"
                found.append(Placement(settled, longer, now.provider, now.postcode, now.urn, now.carer, "PLACE"))
                continue
        if move >= last - 4:
            break
        if move - now.start > 90 and now.code[0] == "U" and rng.random() < 0.06:
            # The carers' holiday: somewhere else for a while, and back.
            back = move + int(rng.integers(7, 19))
            if back < last - 10:
                away = Placement(move, "T3", None, placement_postcode(rng, period.locality, False), None,
                                 now.carer + 1, "OTHER")  # fmt: skip
                found += [away, Placement(back, now.code, now.provider, now.postcode, now.urn, now.carer, "OTHER")]
                continue
        planned = rng.random() < 0.5
        reason = "CARPL" if planned else str(rng.choice(_UNPLANNED, p=_UNPLANNED_WEIGHTS))
        found.append(_placement(period, move, max(p.carer for p in found) + 2, now, reason, rng))
    if plan and plan.placed < period.until:
        now = found[-1]
        if plan.same_carer and now.code[0] == "U":
            found.append(Placement(plan.placed, "A5", "PR1", now.postcode, None, now.carer, "CARPL"))
        else:
            somewhere = placement_postcode(rng, period.locality, rng.random() < 0.5)
            found.append(Placement(plan.placed, "A6", "PR1", somewhere, None, 1000, "CARPL"))
    return found


def _moves_a_year(period: Period, now: Placement) -> float:
    age, stayed = period.age(now.start), now.start - period.start
    rate = 0.75 if stayed < 180 else 0.45 if stayed < 700 else 0.22
    rate *= 1.7 if age > 13 else 0.8 if age < 5 else 1.0
    if now.code in ("U4", "U1", "P1"):
        rate *= 0.35
    return rate * (1.3 if now.code in ("K2", "H5") else 1.0)


def _placement(
    period: Period, day: int, carer: int, before: Placement | None, reason: str | None, rng: np.random.Generator
) -> Placement:
    age = period.age(day)
    kinds = {
        ("U6", "PR1"): 0.47, ("U6", "PR4"): 0.16 + 0.05 * (age > 11), ("U6", "PR5"): 0.03, ("U3", "PR1"): 0.17,
        ("P1", "PR0"): 0.08, ("R3", "PR4"): 0.05 * (age < 1), ("K2", "PR1"): 0.1 * (age > 11) + 0.01,
        ("K2", "PR4"): 0.09 * (age > 11), ("H5", "PR4"): 0.3 * (age > 16), ("P2", "PR1"): 0.12 * (age > 16.5),
        ("S1", "PR4"): 0.02 * (age > 10), ("K1", "PR3"): 0.008 * (age > 12), ("R5", "PR3"): 0.006 * (age > 15),
    }  # fmt: skip
    if period.unaccompanied:
        kinds = {("U6", "PR4"): 0.4, ("U6", "PR1"): 0.2, ("H5", "PR4"): 0.4 * (age > 16)}
    if before is not None and before.code in ("P1", "R3"):
        kinds.pop((before.code, before.provider), None)
    weights = np.array(list(kinds.values()))
    code, provider = list(kinds)[int(rng.choice(len(weights), p=weights / weights.sum()))]
    outside = rng.random() < {"PR4": 0.5, "PR3": 0.9, "PR5": 0.4}.get(provider, 0.12)
    where = period.home if code == "P1" else placement_postcode(rng, period.locality, outside)
    urn = (
        f"SC{int(rng.integers(30, 480)):06d}"
        if code in ("K2", "K1") or (code[0] == "U" and provider != "PR1")
        else None
    )
    return Placement(day, code, provider, where, urn, carer, reason)


# --- episodes ------------------------------------------------------------------------------------


def _episodes(period: Period, legal: list[tuple[int, str]], placements: list[Placement]) -> list[Episode]:
    """A new episode whenever the legal status or the placement changes; RNE says which, and whether the carer did."""
    days = sorted({day for day, _ in legal} | {p.start for p in placements})
    rows: list[tuple[int, str, str, Placement, str | None]] = []
    for day in days:
        status = [s for d, s in legal if d <= day][-1]
        place = [p for p in placements if p.start <= day][-1]
        if not rows:
            rows.append((day, "S", status, place, None))
            continue
        moved, changed = place is not rows[-1][3], status != rows[-1][2]
        same_carer = place.carer == rows[-1][3].carer
        code = {(True, True, False): "B", (True, True, True): "U", (True, False, False): "P", (True, False, True): "T",
                (False, True, True): "L"}[moved, changed, same_carer]  # fmt: skip
        rows.append((day, code, status, place, place.reason if moved else None))
    found = []
    for number, (day, code, status, place, _) in enumerate(rows):
        if number + 1 < len(rows):
            following = rows[number + 1]
            found.append(Episode(day, code, status, place, following[0], "X1", following[4]))
        else:
            ended = period.end < FAR
            found.append(Episode(day, code, status, place, period.end, period.reason if ended else None, None))
    return found
