"""report/priorities.yml, read strictly: each priority, how far it has come, what was done, what that was meant to move."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis.findings.measures import moments
from analysis.indicators import registry
from analysis.reference.areas import area
from analysis.reference.dated_entries import PRIORITIES
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter
from analysis.reviews.priorities import nodes
from analysis.reviews.priorities.nodes import Reading, Words

FILE = PRIORITIES
NOT_ACHIEVED, IN_PROGRESS, LARGELY, ACHIEVED = "not achieved", "in progress", "largely achieved", "achieved"
LEVELS = (NOT_ACHIEVED, IN_PROGRESS, LARGELY, ACHIEVED)
RISE, FALL, HOLD = "rise", "fall", "hold"
# What an owner is called by: a role, never a person.
ROLES = ("adviser", "board", "chair", "committee", "coordinator", "director", "forum", "group", "head", "headteacher",
         "lead", "leads", "manager", "managers", "member", "officer", "panel", "partnership", "service", "team")  # fmt: skip
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_EARLIER = ("quarter_ago", "year_ago", "last_year_end", "year_end_before", "year_end_before_that")


@dataclass(frozen=True)
class Impact:
    """An indicator that an action was meant to move: which way, and the two moments that tell."""

    indicator: str
    meant_to: str
    before: str
    after: str
    line: int

    def quarters(self, now: Quarter) -> tuple[Quarter, Quarter]:
        """Before and after, where moments move with the quarter and quarters stay."""
        return tuple(_quarter(one, now) for one in (self.before, self.after))


@dataclass(frozen=True)
class Action:
    what: Words
    since: str
    impact: tuple[Impact, ...]


@dataclass(frozen=True)
class Priority:
    id: str
    title: Words
    focus: Words | None
    why: Words
    owner: Words
    progress: str
    done: tuple[Action, ...]
    seen: tuple[Words, ...]
    next: tuple[Words, ...]
    line: int

    @property
    def impact(self) -> tuple[Impact, ...]:
        return tuple(one for action in self.done for one in action.impact)


@dataclass(frozen=True)
class Plan:
    """An authority's priorities as they were entered on a day."""

    authority: str
    entered: dt.date
    priorities: tuple[Priority, ...]

    def texts(self) -> Iterator[Words]:
        """Everything that somebody wrote to be read, with its line."""
        for one in self.priorities:
            yield from (words for words in (one.title, one.focus, one.why, one.owner) if words)
            yield from (action.what for action in one.done)
            yield from (*one.seen, *one.next)


def plan(path: Path = FILE) -> Plan | None:
    """What the file says; None where there is none.

    Raises UserError: every mistake with its file and line, and what to do.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise UserError(f"report/{path.name} isn't text in UTF-8; save it as that") from None
    reading = Reading(f"report/{path.name}")
    root = nodes.document(text, reading)
    if root is None:
        if not reading.mistakes:
            reading.wrong(1, "is empty; write authority, entered and priorities, or take the file away")
        reading.done()
    held = nodes.mapping(root, reading, "the file", {"authority": _code, "entered": nodes.day,
                                                     "priorities": nodes.listed(_priority, "the priorities")}, {})  # fmt: skip
    _only_once(held["priorities"] or (), reading)
    reading.done()
    return Plan(held["authority"], held["entered"], held["priorities"])


def _priority(node: yaml.Node, reading: Reading) -> Priority:
    held = nodes.mapping(
        node, reading, "a priority",
        {"id": _id, "title": nodes.words, "why": nodes.words, "owner": _owner,
         "progress": nodes.choice(LEVELS, "level of progress"), "next": nodes.listed(nodes.words, "what is next")},
        {"focus": nodes.words, "done": nodes.listed(_action, "what was done"), "seen": nodes.listed(nodes.words, "what was seen")},
    )  # fmt: skip
    return Priority(**{**held, "done": held["done"] or (), "seen": held["seen"] or ()}, line=nodes.line(node))


def _action(node: yaml.Node, reading: Reading) -> Action:
    if isinstance(node, yaml.ScalarNode):
        return Action(nodes.words(node, reading), "", ())
    held = nodes.mapping(node, reading, "an action", {"what": nodes.words},
                         {"since": _month, "impact": nodes.listed(_impact, "indicators")})  # fmt: skip
    return Action(held["what"], held["since"] or "", held["impact"] or ())


def _impact(node: yaml.Node, reading: Reading) -> Impact:
    held = nodes.mapping(
        node, reading, "an impact",
        {"indicator": _indicator, "meant_to": nodes.choice((RISE, FALL, HOLD), "direction"), "before": _moment, "after": _moment}, {},
    )  # fmt: skip
    found = Impact(**held, line=nodes.line(node))
    if found.before and found.after:
        # Any year will do to tell the order of two moments; of a moment and a quarter, the edition will tell.
        before, after = found.quarters(Quarter(2018, 2))
        named = [one for one in (found.before, found.after) if not _is_quarter(one)]
        if len(named) != 1 and not before < after:
            reading.wrong(found.line, f"'before' ({found.before}) must be earlier than 'after' ({found.after})")
    return found


def _only_once(priorities: tuple[Priority, ...], reading: Reading) -> None:
    seen: dict[str, int] = {}
    for one in priorities:
        if one.id in seen:
            reading.wrong(one.line, f"the id '{one.id}' is there already, on line {seen[one.id]}; give each its own")
        seen.setdefault(one.id, one.line)


def _code(node: yaml.Node, reading: Reading) -> str:
    try:
        known = isinstance(node, yaml.ScalarNode) and node.value == area(node.value).code
    except UserError:
        known = False
    if not known or node.tag != "tag:yaml.org,2002:str":
        reading.wrong(nodes.line(node), 'write the authority\'s three-digit code in quotation marks, as "929"')
    return str(node.value)


def _id(node: yaml.Node, reading: Reading) -> str:
    text = str(node.value)
    if not _ID.fullmatch(text):
        reading.wrong(
            nodes.line(node), f"'{text}' is no id; use small letters, digits and hyphens, as demand-management"
        )
    return text


def _owner(node: yaml.Node, reading: Reading) -> Words:
    found = nodes.words(node, reading)
    if "@" in found.text or not set(re.findall(r"[a-z]+", found.text.lower())) & set(ROLES):
        reading.wrong(
            found.line,
            f"'{found.text}' isn't a role that can be told; write one, as \"head of early help\", never a person's name",
        )
    return found


def _month(node: yaml.Node, reading: Reading) -> str:
    text = str(node.value)
    match = _MONTH.fullmatch(text)
    if not match or not 1 <= int(match[2]) <= 12:
        reading.wrong(nodes.line(node), f"'{text}' is no month; write it as 2018-02")
    return text


def _indicator(node: yaml.Node, reading: Reading) -> str:
    text, known = str(node.value), registry.indicators()
    if text not in known:
        near = difflib.get_close_matches(text, known, 1)
        hint = f"did you mean {near[0]}?" if near else "docs/indicators.md lists them"
        reading.wrong(nodes.line(node), f"there is no indicator '{text}'; {hint}")
    return text


def _moment(node: yaml.Node, reading: Reading) -> str:
    text = str(node.value)
    if text not in ("now", *_EARLIER) and not _is_quarter(text):
        reading.wrong(
            nodes.line(node), f"'{text}' is no moment; use now, {', '.join(_EARLIER)}, or a quarter such as 2017-18-Q4"
        )
        return ""
    return text


def _is_quarter(text: str) -> bool:
    try:
        Quarter.parse(text)
    except ValueError:
        return False
    return True


def _quarter(moment: str, now: Quarter) -> Quarter:
    named = {**moments(now), "quarter_ago": now.shift(-1)}
    return named[moment] if moment in named else Quarter.parse(moment)
