"""A named value as findings hold it: what its audience may see, with its unit, period and parts."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.disclosure import policy
from analysis.disclosure.wording import number as written
from analysis.findings.bundle import FindingError, plain
from analysis.indicators.definition import RATE

# Looked after rates are published as whole numbers, children in need rates with one decimal.
_WHOLE_RATES = "lac_"


def make_value(audience: str, value: object, *, unit: str = "count", title: str = "", period: str = "",
               numerator: object = None, denominator: object = None, rests_on: Iterable[object] = (),
               text: str | None = None, indicator: str = "", definition: str = "", source: str = "",
               lower: object = None, upper: object = None) -> dict:  # fmt: skip
    """A value as findings hold it, already what `audience` may see. See `Review.value`."""
    if isinstance(value, str):
        return _value_item(value, None, "text", indicator, title, definition, period, source)
    counts = [c for c in (numerator, denominator, *rests_on) if c is not None]
    if unit == "count" and not counts:
        counts = [value]
    elif not counts and plain(value) is not None:
        raise FindingError(f"say what {title or 'the value'} rests on: its numerator and denominator, or rests_on=[…]")
    names = [f"count{position}" for position in range(len(counts))]
    row = pd.DataFrame({**{name: [plain(c)] for name, c in zip(names, counts, strict=True)}, "value": [plain(value)]})
    row = row.apply(pd.to_numeric)
    out = policy.release(row, audience, counts=names, derived={"value": names})
    hidden = bool(out.is_withheld("value").iloc[0])
    shown = None if hidden else plain(value)
    style = "rate_whole" if unit == RATE and indicator.startswith(_WHOLE_RATES) else unit
    told = written(shown, style, withheld=hidden) if text is None or hidden else text
    item = _value_item(told, shown, unit, indicator, title, definition, period, source)
    parts = dict(zip(("numerator", "denominator"), (numerator, denominator), strict=True))
    for part, count in parts.items():
        small = count is not None and bool(policy.is_small(pd.Series([plain(count)])).iloc[0])
        item[part] = None if hidden and small else plain(count)
    item["lower"], item["upper"] = (None, None) if hidden else (plain(lower), plain(upper))
    return item


def _value_item(text, value, unit, indicator, title, definition, period, source) -> dict:
    return {"text": text, "value": value, "unit": unit, "indicator": indicator, "title": title,
            "definition": definition, "period": period, "numerator": None, "denominator": None,
            "lower": None, "upper": None, "source": source}  # fmt: skip
