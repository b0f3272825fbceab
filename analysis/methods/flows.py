"""Stocks and flows: identities that close, and changes in a stock split into parts that add up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class StockChange:
    """closing = opening + starts - ends + residual. The residual is what records can't explain."""

    opening: float
    starts: float
    ends: float
    closing: float

    @property
    def change(self) -> float:
        return self.closing - self.opening

    @property
    def residual(self) -> float:
        return self.closing - (self.opening + self.starts - self.ends)


def identity(stocks, starts, ends) -> pd.DataFrame:
    """The identity for a run of periods.

    Question: do starts and ends account for the stock?
    Method: residual = closing - opening - starts + ends, shown and never spread over the others.
    Trap: corrected and transferred records make residuals; a large one means that stock and flows were not
    counted the same way.

    `stocks`: one more value than there are periods (the first is the opening). Columns: opening, starts,
    ends, residual, closing, change. The index is that of `starts` where it is a Series.
    """
    s, a, b = (np.asarray(x, float) for x in (stocks, starts, ends))
    if not (s.size == a.size + 1 == b.size + 1):
        raise ValueError("stocks must have one value more than starts and ends")
    opening, closing = s[:-1], s[1:]
    return pd.DataFrame(
        {
            "opening": opening,
            "starts": a,
            "ends": b,
            "residual": closing - opening - a + b,
            "closing": closing,
            "change": closing - opening,
        },
        index=starts.index if isinstance(starts, pd.Series) else None,
    )


def change_in_growth(before: StockChange, after: StockChange) -> dict[str, float]:
    """Why a stock grew by more in one period than in the period before: more starts, fewer ends, or records.

    Question: of the turn from shrinking to growing, how much is each flow's?
    Method: growth = starts - ends + residual in each period, so the difference in growth is the difference
    in each, exactly: (starts rose) - (ends rose) + (residual rose).
    Trap: it says which flow moved, not why; and a period with an unusual clear-out makes the next look like a
    fall in ends.

    Keys: starts, ends (positive where fewer ends add growth), residual, total.
    """
    return {
        "starts": after.starts - before.starts,
        "ends": before.ends - after.ends,
        "residual": after.residual - before.residual,
        "total": after.change - before.change,
    }


def log_mean(a, b) -> np.ndarray:
    """The logarithmic mean of two positive numbers: (a - b) / (ln a - ln b), and a where they are equal."""
    x, y = np.broadcast_arrays(np.asarray(a, float), np.asarray(b, float))
    if np.any(x <= 0) or np.any(y <= 0):
        raise ValueError("a logarithmic mean needs numbers above 0")
    gap = np.log(x / y)
    near = np.abs(gap) < 1e-9
    # For near-equal numbers the quotient loses its digits; the geometric mean agrees to second order.
    return np.where(near, np.sqrt(x * y), (x - y) / np.where(near, 1.0, gap))


def product_change(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Splits the change in a product of factors into one part a factor, adding up exactly.

    Question: the product of these ratios went up by so much; how much of that is each ratio's?
    Method: additive logarithmic mean Divisia index: part = L(after, before) x ln(factor after / before).
    Exact, symmetrical in time and in the order of factors. Trap: every factor must be above 0; a chain
    broken by a zero (no conferences at all) has no decomposition.
    Source: Ang, Energy Policy 33 (2005), 867-871.

    Gives one part a factor, in order, and `total`. Raises ValueError where factors differ or aren't above 0.
    """
    if list(before) != list(after):
        raise ValueError("both periods need the same factors in the same order")
    first, last = np.array(list(before.values()), float), np.array(list(after.values()), float)
    if np.any(~(first > 0)) or np.any(~(last > 0)):
        raise ValueError("every factor must be above 0 in both periods")
    weight = float(log_mean(np.prod(last), np.prod(first)))
    parts = weight * np.log(last / first)
    return {**dict(zip(before, parts.tolist(), strict=True)), "total": float(np.prod(last) - np.prod(first))}


def product_changes(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """`product_change` for many pairs at once: arrays of (..., factors), parts of the same shape, which sum over the last
    axis to the change in the product. A pair with a factor that isn't above 0 has no split: NaN."""
    first, last = (np.asarray(x, float) for x in np.broadcast_arrays(before, after))
    sound = ((first > 0) & (last > 0)).all(axis=-1, keepdims=True)
    first, last = np.where(sound, first, 1.0), np.where(sound, last, 1.0)
    weight = log_mean(last.prod(axis=-1, keepdims=True), first.prod(axis=-1, keepdims=True))
    return np.where(sound, weight * np.log(last / first), np.nan)


def funnel_change(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Splits the change in the last stage of a funnel into parts for the first stage and each conversion.

    Question: more came out at the end; is it that more went in, or that more passed each gate?
    Method: last = first x (second / first) x ... and `product_change` on those factors.
    Trap: conversions are ratios of counts in the same period, not of the same children.

    `before`, `after`: counts by stage in order, all above 0. Keys: the first stage, then `second per first`
    and so on, then `total`.
    """
    return product_change(_factors(before), _factors(after))


def _factors(stages: Mapping[str, float]) -> dict[str, float]:
    names, counts = list(stages), [float(v) for v in stages.values()]
    if any(not count > 0 for count in counts):
        raise ValueError("every stage must be above 0 in both periods")
    found = {names[0]: counts[0]}
    for position in range(1, len(names)):
        found[f"{names[position]} per {names[position - 1]}"] = counts[position] / counts[position - 1]
    return found


def entry_and_duration_change(
    stock_before: float, entries_before: float, stock_after: float, entries_after: float
) -> dict[str, float]:
    """Splits a change in a stock into entry rate and mean duration.

    Question: are there more because more come, or because they stay longer?
    Method: Little's law, stock = entries x duration, with duration = stock / entries; then `product_change`.
    Trap: the law is for a system in balance; after a sudden change the implied duration lags behind the true
    one. Set it beside the survival curves. Source: Little, Operations Research 9 (1961), 383-387.

    Keys: entries, duration, total.
    """
    return product_change(
        {"entries": entries_before, "duration": _duration(stock_before, entries_before)},
        {"entries": entries_after, "duration": _duration(stock_after, entries_after)},
    )


def _duration(stock: float, entries: float) -> float:
    if not entries > 0:
        raise ValueError("entries must be above 0 in both periods")
    return stock / entries


def whole_parts(parts: Mapping[str, float]) -> dict[str, int]:
    """Parts as whole numbers that add up to the rounded whole.

    Question: how are parts printed so that a reader who adds them up finds the total?
    Method: largest remainders: each part rounded down, and what is missing given to those cut most; the earlier part
    goes first where two were cut alike. Trap: a part may differ from its own rounding by one.

    Without the key `total`; raises ValueError for a part that isn't a finite number.
    """
    names, given = list(parts), np.array(list(parts.values()), float)
    if not np.isfinite(given).all():
        raise ValueError("every part must be a finite number")
    down = np.floor(given)
    missing = int(np.floor(given.sum() + 0.5) - down.sum())
    first = np.argsort(-(given - down), kind="stable")[:missing]
    down[first] += 1
    return dict(zip(names, down.astype(int).tolist(), strict=True))


def rate_and_mix_change(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Splits the change in an overall rate into what groups' own rates did and what their mix did.

    Question: is the rate up because each group's is, or because the groups with high rates have grown?
    Method: Kitagawa's two-way split with mean weights, exact. Trap: many cuts will show something by chance.
    Source: Kitagawa, J. Am. Stat. Assoc. 50 (1955), 1168-1194.

    `before`, `after`: indexed by group, columns `events` and `exposure` (above 0 in total). Gives columns
    `rate` and `mix` a group, which sum to the change in events / exposure. A group with no exposure in a
    period takes the other period's rate, so that its coming or going counts as mix.
    """
    groups = before.index.union(after.index)
    first, last = before.reindex(groups, fill_value=0).astype(float), after.reindex(groups, fill_value=0).astype(float)
    if not (first["exposure"].sum() > 0 and last["exposure"].sum() > 0):
        raise ValueError("both periods need some exposure")
    if ((first["exposure"] == 0) & (first["events"] > 0)).any() or (
        (last["exposure"] == 0) & (last["events"] > 0)
    ).any():
        raise ValueError("a group can't have events without exposure")
    rates = [f["events"].div(f["exposure"].where(f["exposure"] > 0)) for f in (first, last)]
    rate_before, rate_after = rates[0].fillna(rates[1]).fillna(0), rates[1].fillna(rates[0]).fillna(0)
    share_before, share_after = (f["exposure"] / f["exposure"].sum() for f in (first, last))
    return pd.DataFrame(
        {
            "rate": (rate_after - rate_before) * (share_before + share_after) / 2,
            "mix": (share_after - share_before) * (rate_before + rate_after) / 2,
        }
    )
