"""The layouts of local returns, their templates and their documentation: all from the canonical tables.

A layout is a canonical table: a CSV with its column names as headers. `python -m analysis.returns.local_layouts`
writes `docs/returns-local.md` anew.
"""

from __future__ import annotations

import csv
from pathlib import Path

from analysis.records.schema import Column, Table
from analysis.records.tables import DRAWN_UP_LATER, TABLES
from analysis.reference.codes import codes
from analysis.reference.project import ROOT

# The local returns are the tables from here to the end of `records/tables.py`.
FIRST_LOCAL_TABLE = "early_help_referrals"
DOCUMENT = ROOT / "docs" / "returns-local.md"
# Pre-proceedings work may end without an application; everywhere else a row without its start can't be placed in time.
START_MAY_BE_BLANK = frozenset(("care_proceedings",))

WRITTEN = {
    "text": "text",
    "code": "one of the codes below, or its label",
    "date": "DD/MM/YYYY or YYYY-MM-DD",
    "integer": "a whole number",
    "number": "a number",
    "flag": "Yes or No",
}

# What a column means where the canonical table doesn't say, by table and column, or by column alone.
MEANINGS = {
    "referral_id": "your own number for the referral",
    ("early_help_referrals", "date"): "the day on which the referral was received",
    "route": "how the family came to early help",
    "locality": "one of the localities in settings.toml",
    "accepted": "whether early help took the referral on",
    "closure_date": "the day on which the work ended; blank while it goes on",
    "closure_outcome": "how the work ended",
    "person_id": "your own number for the parent",
    "programme": "which programme",
    ("early_help_programmes", "start_date"): "the first session that the parent came to",
    "completed": "whether the parent finished the programme; blank while it runs",
    ("edge_of_care", "service"): "the name of the team that supports the family",
    "family_id": "your own number for the family",
    ("edge_of_care", "start_date"): "the day on which support began",
    ("edge_of_care", "outcome"): "where the child was when support ended",
    "audit_id": "your own number for the audited case",
    ("case_audits", "date"): "the day of the audit",
    "team": "the team that holds the case, as in Annex A's Allocated Team",
    "service": "which service the case was in",
    ("case_audits", "theme"): "the theme of the audit that the question belongs to",
    ("case_audits", "question"): "the question, in the same words each time",
    ("case_audits", "answer"): "the auditor's answer",
    "grade": "the auditor's grade for the case as a whole, the same on each of its rows",
    "feedback_id": "your own number for the reply",
    ("family_feedback", "date"): "the day on which the family replied",
    ("family_feedback", "question"): "the question, in the same words each time",
    ("family_feedback", "answer"): "the family's answer",
    "complaint_id": "your own number for the complaint, the same at each stage",
    "stage": "the stage of the statutory procedure",
    "received_date": "the day on which this stage began",
    "response_date": "the day of the response; blank while it is awaited",
    ("complaints", "theme"): "what it was about, in a few words of your own list",
    ("complaints", "outcome"): "what was found",
    "case_id": "your own number for the proceedings, the same for brothers and sisters",
    "pre_proceedings_date": "the day of the letter before proceedings, if there was one",
    "application_date": "the day on which the court issued the application; blank if none was made",
    "application": "what was applied for first",
    "conclusion_date": "the day of the final order; blank while proceedings go on",
    ("care_proceedings", "outcome"): "the final order",
    ("missing_incidents", "start_date"): "the day on which the child was reported missing",
    ("missing_incidents", "kind"): "missing, or absent as the police then used the word",
    ("missing_incidents", "end_date"): "the day on which the child was found or came back; blank if still away",
    "looked_after": "whether the child was looked after at the time",
    "return_interview_offered": "whether an interview on return was offered",
    "return_interview_accepted": "whether the child took it up",
    ("exploitation_concerns", "date"): "the day on which the concern was recorded",
    "concern": "what kind of exploitation",
    "risk": "the level of risk that was assessed",
    "academic_year": "the school year, as 2017-18",
    "measure": "which measure",
    "achieved": "whether the child reached it",
    ("school_exclusions", "date"): "the first day of the exclusion",
    ("school_exclusions", "kind"): "fixed period or permanent",
    "days": "school days, for a fixed period",
    ("school_moves", "date"): "the first day at the new school",
    "home_urn": "Ofsted's unique reference number of the home",
    "name": "the home's name",
    "inspection_date": "the day of the inspection, or its first day",
    "judgement": "Ofsted's overall judgement",
    "in_house": "whether the authority runs the home",
    "incidents": "how many physical interventions there were in the month",
    ("participation", "date"): "the day that the count is for",
    "value": "the count",
    "postcode": "each postcode of a home or a placement that the SSDA903 has, as it is written there",
    "easting": "its easting in metres, as in the ONS Postcode Directory",
    "northing": "its northing in metres, as in the ONS Postcode Directory",
    "authority": "the local authority that it lies in: a name or a code, the same one throughout",
}


def layouts() -> tuple[Table, ...]:
    """The canonical tables that local returns carry, in their order."""
    names = list(TABLES)
    return tuple(TABLES[name] for name in names[names.index(FIRST_LOCAL_TABLE) :])


def meaning(table: Table, column: Column) -> str:
    """What a column means, for the person who fills it in. Raises KeyError where nobody has said."""
    return column.meaning or MEANINGS.get((table.name, column.name)) or MEANINGS[column.name]


def code_list(column: Column) -> dict[str, str]:
    """Code to label; empty for a column that isn't coded."""
    return dict(codes(*column.codes.split(":"))) if column.codes else {}


def required(table: Table) -> tuple[str, ...]:
    """The columns without which a row means nothing: the key, and the start that places it in time."""
    start = () if table.start is None or table.name in START_MAY_BE_BLANK else (table.start,)
    return tuple(dict.fromkeys((*table.key, *start)))


def write_templates(folder: Path) -> list[Path]:
    """Writes a CSV a layout with nothing but its header row, and `layouts.csv`, which says what each column means."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in layouts():
        written.append(folder / f"{table.name}.csv")
        _write(written[-1], [table.names])
    written.append(folder / "layouts.csv")
    _write(written[-1], [("table", "column", "what it means", "kind", "required", "codes allowed"), *_described()])
    return written


def _write(path: Path, rows: list[tuple[str, ...]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\r\n").writerows(rows)


def _described() -> list[tuple[str, ...]]:
    return [
        (
            table.name, column.name, meaning(table, column), WRITTEN[column.kind],
            "yes" if column.name in required(table) else "",
            "; ".join(f"{code} ({label})" for code, label in code_list(column).items()),
        )
        for table in layouts()
        for column in table.columns
    ]  # fmt: skip


_OPENING = """\
# Local returns

<!-- Made from analysis/records/tables.py by `python -m analysis.returns.local_layouts`. Change it there. -->

What no statutory return carries comes as plain CSVs (or sheets of one workbook), one a table below. The first row
holds the column names, in any order; a name's capitals, spaces and underscores don't matter. The file's own name
doesn't matter either: a table is recognised by its columns. `selfassess templates --to FOLDER` writes an empty file
for each.

- Deliver with each quarter the rows that **began, or were open, in that quarter**. A table without an end holds the
  rows that began in it.
- A row that an earlier delivery had and the next one for the same quarter hasn't is taken as withdrawn.
- Dates are DD/MM/YYYY or YYYY-MM-DD; answers Yes or No; codes as listed, or their labels.
- Leave blank what isn't known. A row that lacks a required value is set aside, counted and listed.
- A table that you don't deliver is simply absent: the sections that need it say so.
"""


def documentation() -> str:
    """`docs/returns-local.md`: every layout, column and code, from the canonical tables."""
    parts = [_OPENING]
    for table in layouts():
        needed = required(table)
        rows = [
            f"| `{column.name}`{' *' if column.name in needed else ''} | {meaning(table, column)} | {_how(column)} |"
            for column in table.columns
        ]
        parts.append(
            f"## {table.title}\n\n`{table.name}.csv`. {_span(table)} A row is one "
            f"{' and '.join(f'`{name}`' for name in table.key)}; * required.\n\n"
            "| column | meaning | written as |\n|---|---|---|\n" + "\n".join(rows) + "\n"
        )
    return "\n".join(parts)


def _how(column: Column) -> str:
    return "; ".join(f"`{code}` {label}" for code, label in code_list(column).items()) or WRITTEN[column.kind]


def _span(table: Table) -> str:
    if table.start is None:
        return "Rows of any date; each delivery adds to what is known."
    if table.end is None:
        return f"Rows whose `{table.start}` lies in the quarter."
    span = f"Rows whose `{table.start}` to `{table.end}` touches the quarter."
    if table.name not in DRAWN_UP_LATER:
        return span
    return (
        f"{span} The list is kept by hand and drawn up later: give every `{table.end}` up to "
        f"{DRAWN_UP_LATER[table.name]} months after the quarter's end."
    )


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(documentation(), encoding="utf-8", newline="\n")
