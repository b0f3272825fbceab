"""What people enter with a date and a reason: events to test (report/events.toml), rebases (report/rebases.toml)."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.reference.areas import area
from analysis.reference.project import ROOT, UserError

EVENTS, REBASES = ROOT / "report" / "events.toml", ROOT / "report" / "rebases.toml"
# Read by `analysis.reviews.priorities.entries`, which knows indicators.
PRIORITIES = ROOT / "report" / "priorities.yml"
# What may be charted or tested, in words that follow "the number of".
SERIES: Mapping[str, str] = {
    "referrals": "referrals",
    "section47-enquiries": "section 47 enquiries",
    "conferences": "initial child protection conferences",
    "plans-starting": "plans starting",
    "plans-ending": "plans ending",
}
CHARTS: Mapping[str, str] = {**SERIES, "plans-open": "plans open"}
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Event:
    """Something dated that may have moved some series. `month` is the first day of its month."""

    authority: str
    month: dt.date
    when: str
    what: str
    source: str
    series: tuple[str, ...]


@dataclass(frozen=True)
class Rebase:
    """A decision that a control chart has new limits from a month on."""

    authority: str
    chart: str
    month: dt.date
    entered: dt.date
    by: str
    reason: str


def events(authority: str, by: dt.date, path: Path = EVENTS) -> tuple[Event, ...]:
    """An authority's events that had happened by a day, in order of date. None where there is no file.

    Raises UserError, with every mistake in the file, its entry and what to do.
    """
    found = _entries(path, "event", _EVENT, _event)
    return tuple(sorted((one for one in found if one.authority == authority and one.month <= by), key=_when))


def rebases(authority: str, chart: str, by: dt.date, path: Path = REBASES) -> tuple[Rebase, ...]:
    """A chart's rebases that had been entered by a day, in order of month. None where there is no file.

    Raises UserError, with every mistake in the file, its entry and what to do.
    """
    found = _entries(path, "rebase", _REBASE, _rebase)
    chosen = [one for one in found if (one.authority, one.chart) == (authority, chart) and one.entered <= by]
    return tuple(sorted(chosen, key=_when))


def _when(one: Event | Rebase) -> dt.date:
    return one.month


def _entries(path: Path, kind: str, fields: Mapping[str, Callable], make: Callable) -> list:
    name = f"{path.parent.name}/{path.name}"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{name} can't be read: {error}; mend that line") from None
    wrong = [f"'{key}' is no entry; begin each with [[{kind}]]" for key in content if key != kind]
    entries = content.get(kind, [])
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise UserError(f"{name}: begin each entry with [[{kind}]], in two pairs of brackets")
    found: list = []
    for position, entry in enumerate(entries, 1):
        mistakes = list(_mistakes(entry, fields))
        if not mistakes:
            one = make(entry)
            mistakes = _between(one, found)
            found.append(one)
        wrong += [f"entry {position}: {mistake}" for mistake in mistakes]
    if wrong:
        raise UserError("\n".join(f"{name}, {mistake}" if mistake.startswith("entry") else f"{name}: {mistake}" for mistake in wrong))  # fmt: skip
    return found


def _mistakes(entry: Mapping, fields: Mapping[str, Callable]):
    for field in fields:
        if field not in entry:
            yield f"'{field}' is missing; add it"
        elif why := fields[field](entry[field]):
            yield f"'{field}' {why}"
    for field in entry:
        if field not in fields:
            yield f"'{field}' is no field; use {', '.join(fields)}"


def _between(one: Event | Rebase, others: list) -> list[str]:
    """Mistakes that show only beside the entry's other fields, or beside other entries."""
    if isinstance(one, Event):
        return []
    found = []
    if one.entered < one.month:
        found.append("'entered' is before 'from'; a rebase is decided after the change has been seen")
    if any((one.authority, one.chart, one.month) == (other.authority, other.chart, other.month) for other in others):
        found.append(f"'from' {one.month:%Y-%m} is there already for this chart; keep one of the two")
    return found


def _code(value: object) -> str:
    try:
        known = isinstance(value, str) and value == area(value).code
    except UserError:
        known = False
    return "" if known else f'is {value!r}; write DfE\'s three-digit code in quotation marks, as "929"'


def _sentence(value: object) -> str:
    return "" if isinstance(value, str) and value.strip() else "is empty; write it in words, in quotation marks"


def _role(value: object) -> str:
    if isinstance(value, str) and "@" in value:
        return 'is an address; write the role that decided, as "performance lead"'
    return _sentence(value)


def _month(value: object) -> str:
    good = isinstance(value, str) and bool(_MONTH.fullmatch(value)) and _day(f"{value}-01") is not None
    return "" if good else f'is {str(value)!r}; write a month in quotation marks, as "2018-02"'


def _month_or_day(value: object) -> str:
    text = str(value)
    good = _day(f"{text}-01" if _MONTH.fullmatch(text) else text) is not None
    return "" if good else f'is {text!r}; write a month, as "2018-02", or a day, as "2018-02-06"'


def _decided(value: object) -> str:
    good = isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return "" if good else f"is {str(value)!r}; write a day without quotation marks, as 2018-11-20"


def _series(value: object) -> str:
    names = value if isinstance(value, list) else []
    unknown = [str(name) for name in names if name not in SERIES]
    if not names:
        return f"is empty; list one or more of {', '.join(SERIES)}"
    return f"has {', '.join(map(repr, unknown))}; use {', '.join(SERIES)}" if unknown else ""


def _chart(value: object) -> str:
    return "" if value in CHARTS else f"is {str(value)!r}; use one of {', '.join(CHARTS)}"


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


_EVENT = {"authority": _code, "date": _month_or_day, "what": _sentence, "source": _sentence, "series": _series}
_REBASE = {"authority": _code, "chart": _chart, "from": _month, "entered": _decided, "by": _role, "reason": _sentence}


def _event(entry: Mapping) -> Event:
    text = str(entry["date"])
    whole = bool(_MONTH.fullmatch(text))
    day = dt.date.fromisoformat(f"{text}-01" if whole else text)
    when = f"In {day:%B %Y}" if whole else f"On {day.day} {day:%B %Y}"
    series = tuple(dict.fromkeys(entry["series"]))
    return Event(
        entry["authority"], day.replace(day=1), when, entry["what"].strip().rstrip("."), entry["source"].strip(), series
    )


def _rebase(entry: Mapping) -> Rebase:
    month = dt.date.fromisoformat(f"{entry['from']}-01")
    return Rebase(
        entry["authority"], entry["chart"], month, entry["entered"], entry["by"].strip(), entry["reason"].strip()
    )
