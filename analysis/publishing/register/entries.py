"""What is told of each bound figure and claim: the words on hover, and its line in the appendix.

`build/current/evidence.json` has every value and sentence that findings give, `build/current/claims.json` every claim
that was judged. `report/filters/evidence.lua` puts them on the page, with either renderer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.disclosure.wording import number
from analysis.publishing.claims import Claim, Placed, Verdict
from analysis.publishing.findings_folders import Review

EVIDENCE, CLAIMS = "evidence.json", "claims.json"
_WHOSE = {"england": "England", "region": "the region", "neighbours": "statistical neighbours"}
_LONGEST_SENTENCE = 70
_PARTS = frozenset({"count", "percent", "rate_per_10000", "mean", "days", "ratio"})


def of_findings(reviews: Iterable[Review]) -> dict[str, dict]:
    """An entry for each value and statement, by the name that narrative gives it."""
    found = {}
    for review in reviews:
        for name, value in review.values.items():
            found[f"{review.variable}.{name}"] = _value(review, f"{review.variable}.{name}", value)
        for name, sentence in review.statements.items():
            found[f"{review.variable}.{name}"] = _sentence(review, f"{review.variable}.{name}", sentence)
    return found


def of_claims(judged: Iterable[tuple[Placed, Verdict]]) -> dict[str, dict]:
    """An entry for each claim, by its key."""
    return {placed.claim.key: _claim(placed, verdict) for placed, verdict in judged}


def write(folder: Path, name: str, entries: Mapping[str, Mapping]) -> None:
    text = json.dumps(entries, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / name).write_text(text, encoding="utf-8", newline="\n")


def basis(value: Mapping) -> str:
    """The counts behind a figure, where they may be told: `3,584 of 58,165`, blank where there are none."""
    top, under = value.get("numerator"), value.get("denominator")
    if top is None or under is None or value.get("unit") not in _PARTS:
        return ""
    decimals = "count" if float(top).is_integer() and float(under).is_integer() else "mean"
    return f"{number(top, decimals)} of {number(under, decimals)}"


def _value(review: Review, name: str, value: Mapping) -> dict:
    title = value.get("title") or name
    counts, when = basis(value), value.get("period") or ""
    about = [f"{title}{f', {when}' if when else ''}", counts, value.get("definition") or "", _from(review, value)]
    kind = "words" if name.endswith(".words") and value.get("unit") == "text" else "value"
    if value.get("comparator"):
        behind = f"{title.rsplit(': ', 1)[-1]}, {when}"
    else:
        behind = ": ".join(part for part in (when, counts) if part)
    shown = f"{value.get('text', '')}{f' ({behind})' if behind else ''}"
    measure = title.rsplit(": ", 1)[0] if value.get("comparator") else title
    # An indicator's parts (a programme, an audit question) have titles of their own.
    group = f"{review.variable}.{value['indicator']}.{measure}" if value.get("indicator") else name
    return {
        "id": f"evidence-{_slug(name)}", "kind": kind, "group": group, "title": measure, "shown": shown, "about": _joined(about),
        "from": review.title, "sources": [value["source"]] if value.get("comparator") and value.get("source") else [],
    }  # fmt: skip


def _sentence(review: Review, name: str, sentence: str) -> dict:
    short = sentence if len(sentence) <= _LONGEST_SENTENCE else sentence[:_LONGEST_SENTENCE].rsplit(" ", 1)[0] + " …"
    return {
        "id": f"evidence-{_slug(name)}", "kind": "sentence", "group": f"{review.variable}.sentences",
        "title": "Sentences worked out from the records", "shown": f"“{short}”",
        "about": _joined(["A sentence that the review works out from the records", _from(review, {})]),
        "from": review.title, "sources": [],
    }  # fmt: skip


def _claim(placed: Placed, verdict: Verdict) -> dict:
    claim = placed.claim
    said = verdict.data_say
    title = ", ".join(part for part in (verdict.title, claim.get("category")) if part)
    about = [f"What the words claim: {_says(claim)}", title, said, "It is so" if verdict.holds else f"It is not so: {verdict.why}"]  # fmt: skip
    return {
        "id": f"evidence-claim-{hashlib.sha256(claim.key.encode()).hexdigest()[:12]}", "kind": "claim", "holds": verdict.holds,
        "words": claim.words, "title": title, "says": _says(claim), "shown": said, "about": _joined(about),
    }  # fmt: skip


def _says(claim: Claim) -> str:
    """`above England`, `at least 90`, `rose`."""
    against = claim.get("against")
    beside = _WHOSE.get(against, against) or claim.get("target") or claim.get("value")
    return f"{claim.says} {beside}" if beside else claim.says


def _from(review: Review, value: Mapping) -> str:
    latest = max(review.deliveries, key=lambda one: str(one.get("quarter", "")), default=None)
    mark = f", delivery of {latest['quarter']} ({str(latest.get('id', ''))[:12]})" if latest else ""
    told = f"{value['source']}; " if value.get("source") else ""
    return f"{told}review {review.title}{mark}"


def _joined(parts: Iterable[str]) -> str:
    return ". ".join(part.strip().rstrip(".") for part in parts if part) + "."


def _slug(name: str) -> str:
    return name.replace(".", "-").replace("_", "-")
