"""A review while its notebook runs: what is known, and what it records for the report.

Everything recorded goes into the notebook's own outputs, so that running by hand and through Papermill give
the same, and the executed notebook is the whole hand-over. `extract` takes it out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pandas as pd
from matplotlib.figure import Figure

from analysis.charts.style import render
from analysis.disclosure import Released, Structure, policy
from analysis.disclosure.lists import may_list_children
from analysis.findings import bundle, lists, measures
from analysis.findings.bundle import FindingError, data_of
from analysis.findings.metadata import ReviewNotebook
from analysis.findings.tables import Heading, cells_of, pipe_table
from analysis.findings.values import make_value
from analysis.indicators.evidence import Evidence, evidence_of
from analysis.records.history import History, Known
from analysis.reference.calendar import Quarter
from analysis.reference.project import Authority

Show = Callable[[dict], None]


class Review:
    """One run of one review. `open_review` makes it.

    authority, quarter, audience: what it is about and for; known: everything as known by the quarter's delivery;
    history: all deliveries; about: what the notebook's metadata says (None for a notebook not yet saved).
    """

    def __init__(self, name: str, authority: Authority, quarter: Quarter, audience: str, known: Known, *,
                 history: History | None = None, about: ReviewNotebook | None = None, show: Show | None = None):  # fmt: skip
        self.name, self.authority, self.quarter, self.audience = name, authority, quarter, audience
        self.known, self.history, self.about = known, history, about
        self._show = show or _display
        self._recorded: dict[str, object] = {}
        self._known_at: dict[Quarter, Known] = {}

    @property
    def evidence(self) -> Evidence:
        """What is known, as indicators take it; frames that several of them need are made once."""
        return evidence_of(self.known)

    def known_at(self, quarter: Quarter) -> Known:
        """Everything as known by that quarter's own delivery; as known now where there was none by then, or it is later
        than this review."""
        if self.history is None or quarter >= self.quarter or quarter < self.history.quarters[0]:
            return self.known
        if quarter not in self._known_at:
            self._known_at[quarter] = self.history.known_by(quarter)
        return self._known_at[quarter]

    def opened(self) -> None:
        """Says in the notebook's output what this run is about."""
        deliveries = [{"quarter": str(quarter), "id": identifier} for quarter, identifier in self.known.deliveries]
        about = {"review": self.name, "authority": self.authority.code, "quarter": str(self.quarter),
                 "audience": self.audience, "simulated": bool(self.known.simulated), "deliveries": deliveries}  # fmt: skip
        invented = "**Invented children: simulated returns.** " if self.known.simulated else ""
        text = (
            f"{invented}{self.authority.name}, {self.quarter} ({self.quarter.words}), for {self.audience}; "
            f"{len(deliveries)} deliveries, the latest {deliveries[-1]['quarter'] if deliveries else 'none'}."
        )
        self._show({bundle.REVIEW: about, "text/markdown": text, "text/plain": text})

    def release(self, frame: pd.DataFrame, counts: Iterable[str] = (),
                derived: Mapping[str, Iterable[str]] | None = None, adds: Structure | None = None,
                of_things: pd.Series | None = None) -> Released:  # fmt: skip
        """The frame as this run's audience may see it: `analysis.disclosure.release`."""
        return policy.release(frame, self.audience, counts=counts, derived=derived, adds=adds, of_things=of_things)

    def may_show(self, place: str) -> bool:
        """Whether this run's audience may see figures by `locality` or by `team`."""
        return policy.may_show(self.audience, place)

    def places_in_words(self) -> str:
        """Which figures by place this run leaves out, in a sentence."""
        hidden = [place for place in ("locality", "team") if not self.may_show(place)]
        if not hidden:
            return "Differences between places are for asking questions, not for ranking."
        return f"Figures by {' and by '.join(hidden)} aren't in this edition."

    def value(self, name: str, value: object, *, unit: str = "count", rests_on: Iterable[object] = (),
              numerator: object = None, denominator: object = None, text: str | None = None, **about: str) -> str:  # fmt: skip
        """Records a named value, a number or a piece of text, and gives back its text as this audience may see it.

        A number that isn't a count is withheld with what it `rests_on`: its numerator and denominator, or the
        counts given. `text` replaces the usual way of writing it. `about`: title, period, definition, source.
        """
        item = make_value(self.audience, value, unit=unit, rests_on=rests_on, numerator=numerator,
                          denominator=denominator, text=text, **about)  # fmt: skip
        self.record([{"kind": "value", "name": bundle.check_name(name), "told": True, **item}], _sentence(item))
        return item["text"]

    def values(self, items: Mapping[str, dict]) -> None:
        """Records many values that analysis made (`make_value`'s), by name."""
        told = "; ".join(f"{_sentence(item)}" for item in items.values())
        self.record(
            [{"kind": "value", "name": bundle.check_name(name), "told": False, **item} for name, item in items.items()],
            told,
        )

    def moments(self, names: Iterable[str] | Mapping[str, str], label: str, *, caption: str,
                as_then: Iterable[str] = ()) -> None:  # fmt: skip
        """Records indicators at each moment (now, a year ago, the last three year ends) as values named
        `<name>.<moment>`, and as a table. `names` lists indicators, or maps them to the names of their values; those
        of `as_then` are as the moment's own delivery knew them (`measures.table_at_moments`)."""
        bundle.check_label(label, "tbl", self.name)
        names = names if isinstance(names, Mapping) else {one: one for one in names}
        table = measures.table_at_moments(self, names, as_then)
        values = measures.values_of(self, table, names)
        headings, rows, align = measures.summary(self, values, names)
        table = {"kind": "table", "label": label, "caption": caption, "columns": headings, "rows": rows, "align": align}
        items = [
            {"kind": "value", "name": bundle.check_name(name), "told": False, **item} for name, item in values.items()
        ]
        self.record([*items, table], f"{pipe_table(headings, rows, align)}\n\n: {caption}")

    def over_time(self, *indicators: str, as_then: bool = False, **named: str) -> Released:
        """Indicators for every quarter that can be computed, released (`measures.over_time`): by identifier, or by
        `identifier="short name"` where several are to be told apart."""
        return measures.over_time(self, {**dict.fromkeys(indicators, ""), **named}, as_then)

    def by_category(self, indicator: str, breakdown: str, quarter: Quarter | None = None) -> Released:
        """An indicator's categories at a quarter (now), released: `measures.by_category`."""
        return measures.by_category(self, indicator, breakdown, quarter)

    def by_place(self, place: str, **named: str) -> Released:
        """Indicators side by side by `locality` or `team`, now, released: `measures.by_place`."""
        return measures.by_place(self, place, named)

    def categories_over_time(self, indicator: str, breakdown: str, keep: Iterable[str] | None = None) -> Released:
        """A count's categories at the last year ends and now, released: `measures.categories_over_time`."""
        return measures.categories_over_time(self, indicator, breakdown, keep)

    def figure(self, label: str, figure: Figure, *, caption: str, alt: str, data: Released) -> None:
        """Records a figure: its caption, alternative text (of `charts.describe`) and the released data behind it."""
        bundle.check_label(label, "fig", self.name)
        self._must_be_released(data, label)
        if not caption.strip() or not alt.strip():
            raise FindingError(f"{label} needs a caption and alternative text")
        item = {"kind": "figure", "label": label, "caption": caption, "alt": alt, "data": data_of(data)}
        self.record([item], None, {"image/svg+xml": render(figure, label), "text/plain": f"{caption}. {alt}"})

    def table(self, label: str, released: Released, *, caption: str, columns: Mapping[str, Heading]) -> None:
        """Records a table. `columns` maps the released frame's columns, in order, to `heading` or `(heading, unit)`."""
        bundle.check_label(label, "tbl", self.name)
        self._must_be_released(released, label)
        headings, rows, align = cells_of(released, columns)
        item = {"kind": "table", "label": label, "caption": caption, "columns": headings, "rows": rows, "align": align}
        self.record([item], f"{pipe_table(headings, rows, align)}\n\n: {caption}")

    def may_list_children(self) -> bool:
        """Whether this run's audience may be given a list of children."""
        return may_list_children(self.audience)

    def children_list(
        self, name: str, frame: pd.DataFrame, *, columns: Mapping[str, str], title: str, note: str
    ) -> None:
        """Hands over a list of children, for officers only: a file of its own beside the documents, never in one.

        `columns` maps the frame's columns, in order, to headings; the first identifies the child. All hold text: a
        list gives reasons, not scores. `title` and `note` stand at its head. Rows come in order of the identifier.
        The list travels in the notebook's output in a form that nothing shows. Raises FindingError for any other
        audience, for a column of numbers, and where there is no title or note.
        """
        lists.check(self.audience, name, frame, columns, title, note)
        held = lists.held(name, frame, columns, title, note, self.known.simulated)
        run = _run_number()
        if name in self._recorded and (run is None or self._recorded[name] == run):
            raise FindingError(f"'{name}' is recorded twice; each finding needs a name of its own")
        self._recorded[name] = run
        told = f"A list of children is handed over as a file of its own, {name}.csv: {title}."
        self._show({bundle.CHILDREN: held, "text/markdown": told, "text/plain": told})

    def statement(self, name: str, text: str) -> str:
        """Records a sentence worked out from released values, for narrative to quote; gives it back."""
        if not text.strip():
            raise FindingError(f"the statement '{name}' is empty")
        self.record([{"kind": "statement", "name": bundle.check_name(name), "text": text}], text)
        return text

    def record(self, items: list[dict], markdown: str | None, more: Mapping[str, str] | None = None) -> None:
        """Puts findings into the running cell's output. A name given twice by one run of a cell is an error;
        running a cell again is not (`extract` looks across the whole notebook)."""
        run = _run_number()
        for item in items:
            name = item.get("name") or item["label"]
            if name in self._recorded and (run is None or self._recorded[name] == run):
                raise FindingError(f"'{name}' is recorded twice; each finding needs a name of its own")
        self._recorded.update({item.get("name") or item["label"]: run for item in items})
        shown = {} if markdown is None else {"text/markdown": markdown, "text/plain": markdown}
        self._show({bundle.FINDINGS: {"items": items}, **shown, **(more or {})})

    def _must_be_released(self, data: object, label: str) -> None:
        if not isinstance(data, Released) or data.audience != self.audience:
            raise FindingError(f"{label}: pass its data through review.release(…) first, and draw from what comes back")


def _sentence(item: dict) -> str:
    about = ", ".join(part for part in (item["title"], item["period"]) if part)
    return f"**{item['text']}**" + (f" ({about})" if about else "")


def _display(data: dict) -> None:
    from IPython.display import display

    display(data, raw=True)


def _run_number() -> int | None:
    """The number of the cell run that is under way, None outside a notebook."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    return None if shell is None else int(shell.execution_count)
