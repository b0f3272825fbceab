"""A named value as findings hold it: what its audience may see, with its unit, period and parts."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.disclosure import policy
from analysis.disclosure.wording import number as written
from analysis.findings.bundle import FindingError, plain
from analysis.indicators.definition import RATE

# Looked after rates are published as whole numbers, children in need rates with one decimal.
_WHOLE_RATES = "lac_"


def make_value(audience: str, value: object, *, unit: str = "count", rests_on: Iterable[object] = (), numerator: object = None,
               denominator: object = None, text: str | None = None, of_things: bool = False, **about: str) -> dict:  # fmt: skip
    """A value as findings hold it, already what `audience` may see. See `Review.value`.

    `of_things`: what is counted is nobody, so that nothing is withheld. `about`: title, period, indicator, definition, source. Raises FindingError for a number other than a count
    that doesn't say which counts it rests on.
    """
    if isinstance(value, str):
        return item(value, None, "text", **about)
    counts = [c for c in (numerator, denominator, *rests_on) if c is not None]
    if unit == "count" and not counts:
        counts = [value]
    elif not counts and plain(value) is not None:
        called = about.get("title") or "the value"
        raise FindingError(f"say what {called} rests on: its numerator and denominator, or rests_on=[…]")
    hidden = not of_things and policy.hides(audience, map(plain, counts))
    over, under = (
        part if of_things or not policy.hides(audience, [plain(part)]) else None for part in (numerator, denominator)
    )
    return item(text, None if hidden else value, unit, hidden, numerator=over, denominator=under, **about)


def item(text: str | None, value: object, unit: str, withheld: bool = False, *, indicator: str = "", title: str = "",
         definition: str = "", period: str = "", numerator: object = None, denominator: object = None, lower: object = None,
         upper: object = None, source: str = "") -> dict:  # fmt: skip
    """A value's entry in the findings, from figures that have been released; `text` None is written out here."""
    if text is None or withheld:
        style = "rate_whole" if unit == RATE and indicator.startswith(_WHOLE_RATES) else unit
        text = written(plain(value), style, withheld=withheld)
    return {
        "text": text, "value": plain(value), "unit": unit, "indicator": indicator, "title": title, "definition": definition,
        "period": period, "numerator": plain(numerator), "denominator": plain(denominator), "lower": plain(lower),
        "upper": plain(upper), "source": source,
    }  # fmt: skip
