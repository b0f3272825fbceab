"""Reads the SSDA903's cells: codes by collection year, flags, scores, and a report that stays readable."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import pandas as pd

from analysis.records.delivery import BLANKED, NOTED, SET_ASIDE
from analysis.reference.codes import codes
from analysis.returns.ledger import Ledger
from analysis.returns.ssda903.layout import Field
from analysis.returns.ssda903.years import label

COLLECTION = "ssda903"
# Up to so many rows with the same fault are listed one by one; more than that is one fault of the whole file.
LISTED = 20
FIRST_YEAR, LAST_YEAR = 2016, 2030
SDQ_SCORES = range(41)
_YES, _NO = frozenset(("1", "TRUE", "YES", "Y")), frozenset(("0", "FALSE", "NO", "N"))
_DECIMAL_NOUGHT = re.compile(r"(\d+)\.0+")
# In canonical tables sex is a letter, whatever the year.
SEXES = {"1": "M", "2": "F", "M": "M", "F": "F", "U": "U"}
_TRANSLATED = {"SEX": SEXES}
# A UPN of these says why there is none.
NO_UPN = "UPN"


def report(
    ledger: Ledger, wrong: pd.Series, outcome: str, reason: str, why: str, remedy: str, column: str = ""
) -> None:
    """A problem a row, as `Ledger.flag`; where more than LISTED rows share a fault and none of them is set aside,
    one problem that counts them and names the first three."""
    marked = wrong.fillna(False).astype(bool) & ledger.kept()
    count = int(marked.sum())
    if not count:
        return
    if outcome == SET_ASIDE or count <= LISTED:
        ledger.flag(marked, outcome, reason, why, remedy, column)
        return
    rows = list(marked.index[marked][:3])
    value = ledger.rows[column][rows[0]] if column in ledger.rows.columns else ""
    ledger.note(reason, f"{why} ({count} rows, this one first)", remedy, row=rows[0], column=column, value=value,
                outcome=outcome)  # fmt: skip


def plain(value: str) -> str:
    """A code as the lists write it: capitals, no spaces, `1.0` as 1."""
    tidy = re.sub(r"\s+", "", value).upper()
    found = _DECIMAL_NOUGHT.fullmatch(tidy)
    return found[1] if found else tidy


def read(ledger: Ledger, field: Field, year: int) -> pd.Series:
    """One column, read as its field says; whole, aligned with the ledger's rows."""
    if field.kind == "identifier":
        return ledger.identifier(field.name)
    if field.kind == "date":
        return ledger.dates(field.name, required=field.required)
    if field.kind == "code":
        return _code(ledger, field, year)
    if field.kind == "flag":
        return _flag(ledger, field)
    if field.kind == "score":
        return _score(ledger, field)
    return _text(ledger, field)


def known(name: str, year: int | None) -> frozenset[str]:
    """Codes of a list in a year (None: in any); none at all where the list didn't exist yet."""
    try:
        return frozenset(codes(COLLECTION, name, year))
    except KeyError:
        return frozenset()


@lru_cache(maxsize=256)
def validity(name: str, code: str) -> str:
    """When a code is valid, in words: `valid from 2018-19`."""
    years = [year for year in range(FIRST_YEAR, LAST_YEAR + 1) if code in known(name, year)]
    parts = []
    if years and years[0] > FIRST_YEAR:
        parts.append(f"from {label(years[0])}")
    if years and years[-1] < LAST_YEAR:
        parts.append(f"until {label(years[-1])}")
    return f"valid {' '.join(parts)}" if parts else "valid in every year"


def _mapped(ledger: Ledger, field: Field, meaning: Callable[[str], object], why: str, remedy: str) -> pd.Series:
    """The column through `meaning` (None: it has none, which blanks the value or sets the row aside)."""
    texts = ledger.text(field.name)
    told = {value: meaning(value) for value in texts.dropna().unique()}
    found = texts.map(told)
    outcome = SET_ASIDE if field.required else BLANKED
    report(ledger, texts.notna() & found.isna(), outcome, "code-unknown", why, remedy, field.name)
    if field.required:
        blank = "blank, and the row means nothing without it"
        report(ledger, texts.isna(), SET_ASIDE, "value-missing", f"'{field.name}' is {blank}",
               "fill it in at the source and export again", field.name)  # fmt: skip
    return found


def _code(ledger: Ledger, field: Field, year: int) -> pd.Series:
    ever, now = known(field.codes, None), known(field.codes, year)
    listed = ", ".join(codes(COLLECTION, field.codes, year)) if now else ""

    def meaning(text: str) -> str | None:
        code = plain(text)
        return code if code in ever else None

    found = _mapped(ledger, field, meaning, "not a code of this column's list",
                    f"use one of: {listed}" if listed else "leave it blank").astype("string")  # fmt: skip
    for code in sorted(set(found.dropna().unique()) - now):
        where = found == code
        count, first = int(where.sum()), where.index[where][0]
        ledger.note(
            "code-of-another-year",
            f"{code} is {validity(field.codes, code)}, not in {label(year)}; kept ({count} rows, this one first)",
            f"use one of: {listed}" if listed else "check which year the file is of",
            row=first, column=field.name, value=code, outcome=NOTED,
        )  # fmt: skip
    translated = _TRANSLATED.get(field.codes)
    return found.map(translated).astype("string") if translated else found


def _flag(ledger: Ledger, field: Field) -> pd.Series:
    def meaning(text: str) -> bool | None:
        word = plain(text)
        return True if word in _YES else False if word in _NO else None

    return _mapped(ledger, field, meaning, "neither 1 nor 0", "write 1 for yes, 0 for no").astype("boolean")


def _score(ledger: Ledger, field: Field) -> pd.Series:
    def meaning(text: str) -> int | None:
        word = plain(text)
        return int(word) if re.fullmatch(r"[0-9]{1,2}", word) and int(word) in SDQ_SCORES else None

    remedy = f"write a whole number from {SDQ_SCORES.start} to {SDQ_SCORES.stop - 1}"
    return _mapped(ledger, field, meaning, "not a score of this questionnaire", remedy).astype("Int64")


def _text(ledger: Ledger, field: Field) -> pd.Series:
    texts = ledger.text(field.name)
    if field.name == "DATE_PERM":
        # As returned, which may be zz/zz/2012; a workbook's own date is written as the return writes dates.
        cells = ledger.rows[field.name]
        dates = cells.map(lambda cell: cell.strftime("%d/%m/%Y") if hasattr(cell, "strftime") else None)
        return dates.astype("string").fillna(texts)
    if field.name == "UPN":
        return texts.mask(texts.str.upper().isin(known(NO_UPN, None)))
    return texts.map(lambda text: m[1] if (m := _DECIMAL_NOUGHT.fullmatch(text)) else text, na_action="ignore").astype(
        "string"
    )
