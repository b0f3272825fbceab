"""A YAML file as nodes that know their lines: every mistake can be told with the file and the line that it stands in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import yaml

from analysis.reference.project import UserError


@dataclass
class Reading:
    """One file while it is read: its name, and the mistakes found so far."""

    name: str
    mistakes: list[str] = field(default_factory=list)

    def wrong(self, line: int, why: str) -> None:
        self.mistakes.append(f"{self.name}:{line}: {why}")

    def done(self) -> None:
        """Raises UserError with every mistake, in order of line."""
        if self.mistakes:
            raise UserError("\n".join(sorted(set(self.mistakes), key=lambda told: (int(told.split(":")[1]), told))))


def document(text: str, reading: Reading) -> yaml.Node | None:
    """The file's one document. Nothing in it is made into an object of Python's; anchors, aliases and tags are refused."""
    try:
        for token in yaml.scan(text):
            if isinstance(token, (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken)):
                reading.wrong(
                    token.start_mark.line + 1,
                    "write everything out; anchors (&), aliases (*) and tags (!) aren't read here",
                )
        return None if reading.mistakes else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "it isn't YAML"
        reading.wrong(
            mark.line + 1 if mark else 1,
            f"can't be read: {why}; look at the indent, the colons and the quotation marks of this line",
        )
        return None


def line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def mapping(
    node: yaml.Node, reading: Reading, what: str, needed: Mapping[str, Callable], also: Mapping[str, Callable]
) -> dict:
    """A mapping's fields, each as its reader made it; None where there is a mistake. `needed` and `also` map fields to
    readers, which take a node and the reading."""
    readers = {**needed, **also}
    found: dict = dict.fromkeys(readers)
    if not isinstance(node, yaml.MappingNode):
        reading.wrong(line(node), f"{what} is written as fields, 'name: value', one a line")
        return found
    seen = set()
    for key, value in node.value:
        name = str(key.value)
        if name not in readers:
            reading.wrong(line(key), f"'{name}' is no field of {what}; use {', '.join(readers)}")
        elif name in seen:
            reading.wrong(line(key), f"'{name}' is there twice; keep one")
        else:
            found[name] = readers[name](value, reading)
        seen.add(name)
    for name in needed:
        if name not in seen:
            reading.wrong(line(node), f"{what} has no '{name}'; add it")
    return found


def listed(reader: Callable, what: str) -> Callable:
    """A reader of lists, whose entries `reader` reads."""

    def read(node: yaml.Node, reading: Reading) -> tuple:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            reading.wrong(line(node), f"list {what} here, each after a hyphen, or leave the field out")
            return ()
        return tuple(reader(one, reading) for one in node.value)

    return read


@dataclass(frozen=True)
class Words:
    """Something written, and the line where it begins."""

    text: str
    line: int

    def __str__(self) -> str:
        return self.text


def words(node: yaml.Node, reading: Reading) -> Words:
    """Text on one line of the page, however many it takes in the file."""
    text = " ".join(str(node.value).split()) if isinstance(node, yaml.ScalarNode) else ""
    if not text or node.tag != "tag:yaml.org,2002:str":
        reading.wrong(
            line(node), "write words here; in quotation marks where they could be read as a number, a date or 'yes'"
        )
    return Words(text, line(node))


def day(node: yaml.Node, reading: Reading) -> dt.date:
    try:
        return dt.date.fromisoformat(str(node.value))
    except ValueError:
        reading.wrong(line(node), f"'{node.value}' is no day; write it as 2018-11-30")
        return dt.date.max


def choice(options: tuple[str, ...], what: str) -> Callable:
    """A reader of one of a few words."""

    def read(node: yaml.Node, reading: Reading) -> str:
        text = " ".join(str(node.value).split()) if isinstance(node, yaml.ScalarNode) else ""
        if text not in options:
            reading.wrong(line(node), f"'{text}' is no {what}; use {', '.join(options)}")
        return text

    return read
