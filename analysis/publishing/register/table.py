"""The register of evidence: every value and claim that a publication uses, with what stands behind it, as evidence.csv."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.findings.bundle import DECIMALS
from analysis.publishing.claims import Placed, Verdict
from analysis.publishing.findings_folders import Review
from analysis.publishing.promote import Promoted
from analysis.publishing.sources import Source

FILE = "evidence.csv"
COLUMNS = ("document", "file", "line", "kind", "name", "text", "indicator", "title", "definition", "period", "value", "unit",
           "numerator", "denominator", "lower", "upper", "comparator", "comparator_period", "comparator_release", "source",
           "notebook", "delivery", "delivery_id", "verdict", "data_say")  # fmt: skip
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Use:
    """A document's use of a bound name: `kind` is value or claim, `name` the value's name or the claim's key."""

    kind: str
    name: str


def rows(document: str, source: Source, used: Sequence[Use], promoted: Promoted,
         judged: Iterable[tuple[Placed, Verdict]]) -> Iterator[dict]:  # fmt: skip
    """A row for each use in a document, in the order of its pages."""
    claims: dict[str, list[tuple[Placed, Verdict]]] = {}
    for placed, verdict in judged:
        claims.setdefault(placed.claim.key, []).append((placed, verdict))
    by_variable = {review.variable: review for review in promoted.reviews.values()}
    seen: Counter[Use] = Counter()
    for use in used:
        turn = seen[use]
        seen[use] += 1
        if use.kind == "claim" and use.name in claims:
            held = claims[use.name]
            placed, verdict = held[min(turn, len(held) - 1)]
            yield {
                "document": document,
                "file": placed.file,
                "line": placed.line,
                **_of_claim(placed, verdict, promoted),
            }
        elif use.kind == "value":
            variable, _, name = use.name.partition(".")
            file, line = _place(source, use.name, turn)
            yield {"document": document, "file": file, "line": line, "name": use.name, **_of_value(by_variable[variable], name)}  # fmt: skip


def text(found: Iterable[Mapping]) -> str:
    """The register as CSV: what a spreadsheet would run as a formula is made text."""
    into = io.StringIO()
    writer = csv.writer(into, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in found:
        writer.writerow([_cell(row.get(name)) for name in COLUMNS])
    return into.getvalue()


def write(folder: Path, found: Iterable[Mapping]) -> None:
    """Writes evidence.csv with a byte order mark, so that Excel reads it as UTF-8."""
    (folder / FILE).write_bytes(text(found).encode("utf-8-sig"))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        # A whole number without its point, others as findings keep them.
        return str(int(value)) if float(value).is_integer() else str(round(float(value), DECIMALS))
    written = " ".join(str(value).split())
    return f"'{written}" if str(value).startswith(_STARTS_A_FORMULA) else written


def _place(source: Source, name: str, turn: int) -> tuple[str, int]:
    places = [(line.file, line.number) for line in source.lines for _ in range(line.text.count(f'key="{name}"'))]
    return places[min(turn, len(places) - 1)] if places else (source.path, 0)


def _of_value(review: Review, name: str) -> dict:
    latest = max(review.deliveries, key=lambda one: str(one.get("quarter", "")), default={})
    common = {"notebook": f"notebooks/{review.name}.ipynb", "delivery": latest.get("quarter"), "delivery_id": latest.get("id")}  # fmt: skip
    if name in review.statements:
        return {"kind": "sentence", "text": review.statements[name], **common}
    value = review.values.get(name, {})
    beside = value.get("comparator") or {}
    kept = ("text", "indicator", "title", "definition", "period", "value", "unit", "numerator", "denominator", "lower", "upper", "source")  # fmt: skip
    about = {"comparator": beside.get("against"), "comparator_period": beside.get("label"), "comparator_release": beside.get("release")}  # fmt: skip
    return {"kind": "value", **{key: value.get(key) for key in kept}, **about, **common}


def _of_claim(placed: Placed, verdict: Verdict, promoted: Promoted) -> dict:
    claim = placed.claim
    last = verdict.facts[-1] if verdict.facts else None
    local = next((fact for fact in reversed(verdict.facts) if not fact.whose), None)
    beside = last.item.get("comparator") if last is not None and last.whose else None
    delivered = [one for review in promoted.reviews.values() for one in review.deliveries]
    latest = max(delivered, key=lambda one: str(one.get("quarter", "")), default={})
    found = {
        "kind": "claim", "name": claim.key, "text": claim.words, "indicator": claim.get("indicator") or claim.get("finding"),
        "title": verdict.title, "verdict": "holds" if verdict.holds else f"does not hold: {verdict.why}",
        "data_say": verdict.data_say, "delivery": latest.get("quarter"), "delivery_id": latest.get("id"),
    }  # fmt: skip
    if local is not None:
        found |= {
            key: local.item.get(key) for key in ("definition", "period", "value", "unit", "numerator", "denominator")
        }
    if beside is not None:
        found |= {"comparator": beside.name, "comparator_period": beside.label, "comparator_release": beside.release}
    return found
