"""What audits and what families say of each service, side by side: do the two point the same way?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.disclosure import Released, Structure
from analysis.disclosure.wording import listed
from analysis.indicators import registry
from analysis.methods.rate_changes import share_change

if TYPE_CHECKING:
    from analysis.findings.review import Review

MEASURES = {"good": "audit_good_percent", "families": "feedback_positive_percent"}
# With fewer answers than this a service's share is a few people's.
FEWEST = 10
SURE = 0.05
_BETTER, _WORSE = "better", "worse"


def side_by_side(review: Review) -> Released:
    """A row a service: `good` and `families` with their numerators and denominators (`good_of`, `good_out_of`)."""
    table = registry.compute(review.known, review.quarter, MEASURES.values(), ["service"], review.authority)
    table = table[table["symbol"] != "x"]
    parts = table[table["breakdown"] == "service"]
    frame, totals = pd.DataFrame({"service": pd.Series(list(dict.fromkeys(parts["category"])), dtype="str")}), {}
    for name, indicator in MEASURES.items():
        rows = parts[parts["indicator"] == indicator].set_index("category").reindex(frame["service"])
        frame[name] = rows["value"].to_numpy(float)
        whole = table[(table["indicator"] == indicator) & (table["breakdown"] == "all")]
        for part, column in (("numerator", f"{name}_of"), ("denominator", f"{name}_out_of")):
            frame[column] = pd.array(rows[part].to_numpy(float), dtype="Int64")
            if whole[part].notna().any():
                totals[column] = float(whole[part].iloc[0])
    counts = [f"{name}{end}" for name in MEASURES for end in ("_of", "_out_of")]
    derived = {name: [f"{name}_of", f"{name}_out_of"] for name in MEASURES}
    return review.release(frame, counts=counts, derived=derived, adds=Structure(totals=totals))


def standing_out(found: Released, name: str) -> dict[str, str]:
    """Services whose share differs from that of all the others by more than chance, at a level shared among them."""
    rows = found.frame[["service", f"{name}_of", f"{name}_out_of"]].dropna()
    rows = rows[rows[f"{name}_out_of"] >= FEWEST]
    out = {}
    for row in rows.itertuples(index=False):
        others = rows[rows["service"] != row[0]]
        k, n = float(others[f"{name}_of"].sum()), float(others[f"{name}_out_of"].sum())
        if n and share_change(k, n, float(row[1]), float(row[2])).p < SURE / len(rows):
            out[str(row[0])] = _BETTER if row[1] / row[2] > k / n else _WORSE
    return out


def in_words(found: Released) -> str:
    """Which services stand out in audits, in what families say, and in both."""
    if found.frame.empty:
        return "Neither audits nor families' replies of twelve months are held, so services can't be set side by side."
    audits, families = (standing_out(found, name) for name in MEASURES)
    if not audits and not families:
        return "No service stands out from the others by more than chance, neither in how its files were graded nor in what families say."
    told = []
    for what, out in (("in audits", audits), ("in what families say", families)):
        if out:
            told.append(f"{what} {listed([f'{service} ({way} than the others)' for service, way in out.items()])}")
    both = sorted(set(audits) & set(families))
    agree = [one for one in both if audits[one] == families[one]]
    ending = f" The two agree about {listed(agree)}." if agree else ""
    return f"What stands out by more than chance: {'; '.join(told)}.{ending}"
