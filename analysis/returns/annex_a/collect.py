"""From the lists as read to canonical tables: each list's own, one table of the children, the lists' own counts.

A status row is made for a child whose row is open at the workbook's date, or says anything of the child's status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.records.delivery import NOTED, SET_ASIDE, Coverage
from analysis.records.tables import TABLES
from analysis.returns.annex_a.layout import DEMOGRAPHICS, MEASURES
from analysis.returns.annex_a.pages import Page
from analysis.returns.annex_a.window import Window
from analysis.returns.ledger import Ledger

# A small authority may truly have no adoption in a year; no contact or no child in care in six months it can't.
_MAY_BE_EMPTY = frozenset({10, 11})
# What a value is worth less than any other: not stated, not yet obtained.
_UNINFORMATIVE = {"sex": "U", "ethnicity": "NOBT"}
# Columns of a status table that a child's period has as well, or that say nothing of the child.
_NO_STATUS = frozenset({"child_id", "start_date", "team", "worker"})


def set_aside_repeats(pages: Sequence[Page]) -> None:
    """Rows that repeat the key of a row in an earlier sheet of the same list."""
    for number, page in enumerate(pages):
        earlier = [p for p in pages[:number] if p.listed is page.listed and not p.refused]
        key = [name for name in page.listed.key if name in page.values]
        if page.refused or not earlier or page.kept.empty:
            continue
        known = pd.concat([p.kept.reindex(columns=key) for p in earlier]).drop_duplicates()
        both = page.values[key].reset_index().merge(known, on=key, how="inner", indicator=False)
        repeated = pd.Series(page.values.index.isin(both["index"]), index=page.values.index)
        named = ", ".join(page.heading(name) for name in key)
        page.ledger.flag(repeated, SET_ASIDE, "row-repeated",
                         f"a row of an earlier sheet with the same list has the same {named}",
                         "deliver each list once")  # fmt: skip


def given(pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages that say something. A list with headings and no rows wasn't filled in: absence says nothing there."""
    found = []
    for page in pages:
        if page.refused:
            continue
        if len(page.values):
            found += [page] if page.ledger.kept().any() else []
        elif page.listed.number in _MAY_BE_EMPTY:
            found.append(page)
        else:
            page.ledger.note("list-empty", "the list has headings and no rows; it is taken as not filled in",
                             "fill it in, if the authority has such children")  # fmt: skip
    return tuple(found)


def tables_of(pages: Sequence[Page], window: Window) -> dict[str, pd.DataFrame]:
    """Canonical tables (`Table.conform(partial=True)`) of every page given."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for page in pages:
        for name, mapping in page.listed.into.items():
            rows = _status_rows(page, window) if name == page.listed.status else page.kept
            carried = {column: read for column, read in mapping.items() if read in rows}
            frame = rows[list(carried.values())].set_axis(list(carried), axis=1)
            if "as_at" in TABLES[name].names:
                frame = frame.assign(as_at=pd.Timestamp(window.end))
            keyless = [column for column in TABLES[name].key if column not in frame]
            parts.setdefault(name, []).append(frame.assign(**dict.fromkeys(keyless, pd.NA)))
    tables = {name: TABLES[name].conform(_once(name, frames), partial=True) for name, frames in parts.items()}
    children = _children(pages)
    if children is not None:
        tables["children"] = TABLES["children"].conform(children, partial=True)
    counts = _counts(pages, window)
    if counts is not None:
        tables["reported_counts"] = TABLES["reported_counts"].conform(counts, partial=True)
    return tables


def coverage_of(pages: Sequence[Page], window: Window) -> tuple[Coverage, ...]:
    """What the lists promise to hold whole, where the window is to be trusted."""
    promised = {page.listed.promised: page.listed.basis for page in pages if page.listed.promised and len(page.values)}
    if not window.trusted:
        return ()
    return tuple(Coverage(table, window.start, window.end, basis) for table, basis in promised.items())


def _once(name: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """All pages' rows; of a status that two sheets give for one child, the later."""
    return pd.concat(frames, ignore_index=True).drop_duplicates(list(TABLES[name].key), keep="last")


def _status_rows(page: Page, window: Window) -> pd.DataFrame:
    """A row a child: the child's latest, where it is open or says something of the child's status."""
    kept, listed = page.kept, page.listed
    if not listed.start:
        return kept
    latest = kept.sort_values(listed.start, kind="stable").drop_duplicates("child_id", keep="last").sort_index()
    earlier = pd.Series(page.values.index.isin(kept.index.difference(latest.index)), index=page.values.index)
    page.ledger.flag(earlier, NOTED, "child-repeated", "the list has one row a child; a later one gives the child's status",
                     "leave out all but the child's latest", page.heading("child_id"))  # fmt: skip
    said = [c for c in listed.into[listed.status].values() if c not in _NO_STATUS and c in latest]
    open_now = latest[listed.end].isna() | (latest[listed.end] > pd.Timestamp(window.end))
    return latest[open_now | latest[said].notna().any(axis=1)]


# --- one value a child ------------------------------------------------------------------------------


def _children(pages: Sequence[Page]) -> pd.DataFrame | None:
    """A row a child in any list: of each fact the most frequent value, of equals the one that stands last."""
    about = [page for page in pages if "child_id" in page.values and len(page.values)]
    if not about:
        return None
    everyone = pd.concat([page.kept["child_id"] for page in about]).drop_duplicates()
    children = pd.DataFrame({"child_id": everyone}).reset_index(drop=True)
    for fact in DEMOGRAPHICS:
        facts = [(page, _fact(page, fact)) for page in about if fact in page.values]
        if facts:
            children[fact] = _agreed(facts, fact).reindex(children["child_id"]).array
    return children


def _fact(page: Page, fact: str) -> pd.Series:
    values = page.kept[fact]
    if fact == "unaccompanied" and page.listed.number == 8:
        # A No there says "not within the last twelve months", and nothing of the years before.
        return values.where(values.fillna(False), pd.NA)
    return values


def _agreed(facts: list[tuple[Page, pd.Series]], fact: str) -> pd.Series:
    """child_id -> value, with a note at every row that says something else."""
    said = pd.concat(
        [pd.DataFrame({"child_id": page.kept["child_id"], "value": values, "page": number, "row": values.index})
         for number, (page, values) in enumerate(facts)], ignore_index=True,
    ).dropna(subset=["value"])  # fmt: skip
    if said.empty:
        return pd.Series(dtype=facts[0][1].dtype, index=pd.Index([], dtype="string"))
    said["known"] = said["value"] != _UNINFORMATIVE.get(fact, object())
    said["last"] = range(len(said))
    tally = said.groupby(["child_id", "value", "known"], sort=False)["last"].agg(["size", "max"]).reset_index()
    tally = tally.sort_values(["known", "size", "max"]).drop_duplicates("child_id", keep="last")
    agreed = tally.set_index("child_id")["value"]
    chosen = said["child_id"].map(agreed)
    for page, row in said.loc[said["known"] & (said["value"] != chosen), ["page", "row"]].itertuples(index=False):
        _note_other(facts[page][0], fact, row)
    return agreed


def _note_other(page: Page, name: str, row: int) -> None:
    column = page.heading(name)
    page.ledger.note("rows-disagree", "other rows of the same child say something else, more often or later; that is used",
                     "make the system's record of the child one", row=row, column=column,
                     value=_cell(page.ledger, row, column))  # fmt: skip


def _cell(ledger: Ledger, row: int, column: str) -> object:
    return ledger.rows.at[row, column]


def _counts(pages: Sequence[Page], window: Window) -> pd.DataFrame | None:
    """The counts that the lists state of a child, one a measure: the most frequent, of equals the last."""
    found: Mapping[str, pd.Series] = {
        measure: _agreed(stated, measure)
        for measure in MEASURES
        if (stated := [(page, page.kept[measure]) for page in pages if measure in page.values])
    }
    if not found:
        return None
    counts = pd.concat(
        [pd.DataFrame({"child_id": values.index, "measure": measure, "value": values.to_numpy()})
         for measure, values in found.items()], ignore_index=True,
    )  # fmt: skip
    return counts.assign(as_at=pd.Timestamp(window.end))
