"""What DfE's rules find wrong in a year's tables as a whole. Rows stay as they are; each fault is reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from analysis.records.delivery import NOTED
from analysis.returns.ledger import Ledger
from analysis.returns.ssda903.tables import Table
from analysis.returns.ssda903.values import report
from analysis.returns.ssda903.years import bounds, label

# Rule 353: the date from which the Children Act 1989 was in force.
CHILDREN_ACT = pd.Timestamp(1991, 10, 14)
# Rule 445: freeing orders could not begin after this.
LAST_FREEING = pd.Timestamp(2005, 12, 30)
TEMPORARY = ("T0", "T1", "T2", "T3", "T4")
_INTEGRITY = {"AD1": "INT01", "PlacedAdoption": "INT02", "Episodes": "INT03", "Missing": "INT04", "OC2": "INT05",
              "OC3": "INT06", "PrevPerm": "INT07", "Reviews": "INT08", "UASC": "INT09"}  # fmt: skip
_BIRTH_RULES = {"AD1": "INT11", "PlacedAdoption": "INT12", "Missing": "INT13", "OC2": "INT14", "OC3": "INT15",
                "PrevPerm": "INT16", "Reviews": "INT17", "UASC": "INT18"}  # fmt: skip


def check_year(tables: Sequence[Table], end: dt.date) -> None:
    """Reports, in each table's own ledger, what is wrong with a year's tables together."""
    for table in tables:
        if table.layout.name == "Episodes" and not table.placed.piece.refused:
            check_episodes(table, pd.Timestamp(end))
        elif table.layout.coverage and not table.placed.piece.refused:
            _outside_the_year(table, pd.Timestamp(end))
    _against_header(tables)


def check_episodes(table: Table, end: pd.Timestamp) -> None:
    """Dates against the year, then each child's episodes against each other."""
    ledger, rows = table.ledger, table.rows()
    start, stop = rows["start_date"], rows["end_date"]
    first, last = bounds(table.placed.year)
    _say(ledger, start < CHILDREN_ACT, "start-too-early", "it starts before 14 October 1991 (rule 353)",
         "check the date", "DECOM")  # fmt: skip
    _say(ledger, start > end, "starts-after-return", f"it starts after the return's end, {_day(end)} (rule 354)",
         "check the date, or the quarter that the delivery is for", "DECOM")  # fmt: skip
    _say(ledger, stop > last, "ends-after-year", f"it ends after the collection year, {_day(last)} (rule 385)",
         "check the date; an episode open on 31 March has no end yet", "DEC")  # fmt: skip
    _say(ledger, (start <= end) & (stop > end) & (stop <= last), "ends-after-return",
         f"it ends after the return's end, {_day(end)}", "check the date", "DEC")  # fmt: skip
    _say(ledger, stop < first, "outside-year", f"it ended before {label(table.placed.year)} began",
         "leave it out of this year's return", "DEC")  # fmt: skip
    _say(ledger, stop == start, "shorter-than-a-day", "it starts and ends on the same day (rule 355)",
         "check the dates", "DEC")  # fmt: skip
    _say(ledger, (rows["legal_status"] == "D1") & (start > LAST_FREEING), "freeing-order-late",
         "D1 is no legal status of an episode that starts after December 2005 (rule 445)", "check LS", "LS")  # fmt: skip
    _temporary(ledger, rows)
    _sequence(ledger, rows, min(end, last))


def _temporary(ledger: Ledger, rows: pd.DataFrame) -> None:
    temporary = rows["placement"].isin(TEMPORARY)
    final = rows["end_date"].notna() & rows["reason_ended"].notna() & (rows["reason_ended"] != "X1")
    _say(ledger, temporary & (rows["reason_new"] == "S"), "starts-temporary",
         "a period of care can't start in a temporary placement (rule 380)", "check PLACE and RNE", "PLACE")  # fmt: skip
    _say(ledger, temporary & final, "ends-temporary",
         "a period of care can't end in a temporary placement (rule 381)", "check PLACE and REC", "PLACE")  # fmt: skip


def _sequence(ledger: Ledger, rows: pd.DataFrame, end: pd.Timestamp) -> None:
    """Each episode against the child's next and previous one."""
    order = rows.sort_values(["child_id", "start_date"], kind="stable")
    episodes = order.groupby("child_id", sort=False)
    following = episodes["start_date"].shift(-1)
    before, before_reason = episodes["end_date"].shift(), episodes["reason_ended"].shift()
    stop, start = order["end_date"], order["start_date"]
    later = following.notna()
    _say(ledger, later & stop.isna(), "open-before-next",
         "a later episode of the child has started, and this one hasn't ended (rule 142)", "end it", "DEC")  # fmt: skip
    _say(ledger, later & (following < stop), "overlap",
         "the child's next episode starts before this one ends (rule 501)", "correct one of the dates", "DEC")  # fmt: skip
    continues = (order["reason_ended"] == "X1") & stop.notna()
    _say(ledger, continues & (stop <= end) & ~(following <= stop), "no-continuation",
         "X1 says that an episode begins the same day, and none does (rule 388)",
         "add the episode, or correct REC", "REC")  # fmt: skip
    ended = before.notna() & before_reason.notna()
    _say(ledger, ended & (order["reason_new"] == "S") & (before == start) & (before_reason == "X1"),
         "restart-same-day", "RNE is S, yet the child's previous episode ended that day (rule 431)",
         "check RNE", "RNE")  # fmt: skip
    _say(ledger, ended & (before_reason != "X1") & order["reason_new"].ne("S").fillna(False), "continues-after-end",
         "the child had ceased to be looked after, and RNE isn't S (rule 432)", "check RNE", "RNE")  # fmt: skip


def _say(ledger: Ledger, wrong: pd.Series, reason: str, why: str, remedy: str, column: str) -> None:
    whole = wrong.fillna(False).astype(bool).reindex(ledger.rows.index, fill_value=False)
    report(ledger, whole, NOTED, reason, why, remedy, column)


def _outside_the_year(table: Table, end: pd.Timestamp) -> None:
    start = table.frame[table.layout.start]
    last = table.frame[table.layout.end] if table.layout.end else start
    column = next(f.name for f in table.layout.fields if f.to == table.layout.start)
    first, _ = bounds(table.placed.year)
    _say(table.ledger, last < first, "outside-year", f"it was over before {label(table.placed.year)} began",
         "leave it out of this year's return", column)  # fmt: skip
    _say(table.ledger, start > end, "after-return", f"it is dated after the return's end, {_day(end)}",
         "check the date", column)  # fmt: skip


def _against_header(tables: Sequence[Table]) -> None:
    """Children who are in one table and not in another, and birth dates that differ: a count a file."""
    headers = [t for t in tables if t.layout.name == "Header" and not t.placed.piece.refused]
    if not headers:
        return
    births = pd.concat([t.rows().set_index("child_id")["date_of_birth"] for t in headers])
    births = births[~births.index.duplicated()]
    episodes = [t.rows()["child_id"] for t in tables if t.layout.name == "Episodes" and not t.placed.piece.refused]
    for table in headers if episodes else []:
        without = ~table.rows()["child_id"].isin(pd.concat(episodes))
        _count(table.ledger, without, "no-episodes", "children who are in the header and have no episode in this return (rule EPI)",
               "nothing, if they are care leavers; otherwise add their episodes")  # fmt: skip
    for table in tables:
        name = table.layout.name
        if name == "Header" or table.placed.piece.refused:
            continue
        rows = table.rows()
        rule = f" (rule {_INTEGRITY[name]})" if name in _INTEGRITY else ""
        _count(table.ledger, ~rows["child_id"].isin(births.index), "not-in-header",
               f"rows of children who are not in the header{rule}", "add them to the header")  # fmt: skip
        if "DOB" in table.ledger.rows.columns:
            born = table.placed.piece.dates("DOB").loc[rows.index]
            theirs = births.reindex(rows["child_id"]).set_axis(rows.index)
            rule = f" (rule {_BIRTH_RULES[name]})" if name in _BIRTH_RULES else ""
            _count(table.ledger, (born != theirs) & born.notna() & theirs.notna(), "birth-differs",
                   f"rows with another date of birth than the header, whose date is used{rule}",
                   "correct the one that is wrong", "DOB")  # fmt: skip


def _count(ledger: Ledger, wrong: pd.Series, reason: str, why: str, remedy: str, column: str = "CHILD") -> None:
    marked = wrong.fillna(False).astype(bool)
    if marked.any():
        ledger.note(reason, f"{why}: {int(marked.sum())}", remedy, column=column)


def check_carried_over(earlier: Sequence[Table], later: Sequence[Table]) -> None:
    """Rules 501 and 502 across two consecutive years of one delivery: what was open must be there again."""
    before = [t.rows() for t in earlier if t.layout.name == "Episodes" and not t.placed.piece.refused]
    after = [t for t in later if t.layout.name == "Episodes" and not t.placed.piece.refused]
    if not before or not after:
        return
    rows = pd.concat(before)
    opened = rows[rows["end_date"].isna()]
    key = ["child_id", "start_date"]
    there = pd.MultiIndex.from_frame(pd.concat([t.rows()[key] for t in after]))
    lost = int((~pd.MultiIndex.from_frame(opened[key]).isin(there)).sum())
    if lost:
        after[0].ledger.note(
            "not-carried-over",
            f"{lost} of {len(opened)} episodes that {label(earlier[0].placed.year)} left open are not in this year's "
            "return with the same start (rule 502)",
            "end them in the earlier return, or add them to this one", column="DECOM",
        )  # fmt: skip


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"
