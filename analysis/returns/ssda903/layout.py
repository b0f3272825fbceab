"""The SSDA903's tables: their columns, where each goes, and how a sheet is recognised by the columns it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from analysis.returns.ledger import header_key

TITLE = "SSDA903"
# Of a table's columns, this share (and never fewer than three) makes a sheet that table.
SHARE_TO_RECOGNISE, LEAST_TO_RECOGNISE = 0.4, 3
# A header may stand under a title or two.
HEADER_WITHIN_ROWS = 5
# What regional copies add: the authority, and the collection year.
AUTHORITY, YEAR = "LA", "YEAR"
_REGIONAL = (AUTHORITY, YEAR)
# Spellings in use, by header key.
_ALIASES = MappingProxyType({"childid": "CHILD", "pl": "PLACE", "nbadopter": "NB_ADOPTR"})
_SHARED = frozenset(("CHILD", "DOB", "SEX"))


@dataclass(frozen=True)
class Field:
    """A column of the return: `to` is its canonical column ("" where it is only checked), `kind` says how it is
    read (identifier, text, date, code, flag, score), `codes` names its list.

    Without an `essential` column the file is refused; without a `required` value the row is set aside.
    `expected`: its absence is worth a note.
    """

    name: str
    to: str = ""
    kind: str = "text"
    codes: str = ""
    essential: bool = False
    required: bool = False
    expected: bool = True


@dataclass(frozen=True)
class Layout:
    """One table of the return. `end`: the pair of columns (start, end) whose order is checked; `rule` is DfE's
    number for it. `once`: DfE's rule that a child stands in it once ("" where children may repeat)."""

    name: str
    title: str
    table: str
    fields: tuple[Field, ...]
    start: str = ""
    end: str = ""
    rule: str = ""
    once: str = ""
    # Every row of the return's own year, by its start: what absence then means (see records.delivery.Coverage).
    coverage: str = ""
    # The collection year in which the table first existed.
    since: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def own(self) -> frozenset[str]:
        return frozenset(self.names) - _SHARED

    def absent(self, present: Iterable[str], *, essential: bool) -> list[str]:
        there = set(present)
        return [f.name for f in self.fields if f.name not in there and f.expected and f.essential == essential]


def _child() -> Field:
    return Field("CHILD", "child_id", "identifier", essential=True, required=True)


def _birth(to: str = "", *, essential: bool = False) -> Field:
    return Field("DOB", to, "date", essential=essential)


def _date(name: str, to: str, *, essential: bool = False, required: bool = False) -> Field:
    return Field(name, to, "date", essential=essential, required=required)


def _code(name: str, to: str, codes: str = "", *, essential: bool = False, required: bool = False) -> Field:
    return Field(name, to, "code", codes or name, essential=essential, required=required)


def _flags(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, name.lower(), "flag") for name in names)


@lru_cache(maxsize=1)
def layouts() -> tuple[Layout, ...]:
    """Every table of the return, in the order of DfE's guide."""
    return (
        Layout("Header", "Header", "children", (
            _child(), _code("SEX", "sex", essential=True), _birth("date_of_birth", essential=True),
            _code("ETHNIC", "ethnicity"), Field("UPN", "upn"), Field("MOTHER", "mother", "flag"),
            _date("MC_DOB", "child_of_mother_born"),
            # Only the XML form and some validators' exports have it here.
            Field("UASC", "unaccompanied", "flag", expected=False),
        ), once="INT32"),
        Layout("Episodes", "Episodes", "care_episodes", (
            _child(), _date("DECOM", "start_date", essential=True, required=True),
            _code("RNE", "reason_new", essential=True), _code("LS", "legal_status", essential=True),
            _code("CIN", "need"), _code("PLACE", "placement", essential=True), _code("PLACE_PROVIDER", "provider"),
            _date("DEC", "end_date", essential=True), _code("REC", "reason_ended", essential=True),
            _code("REASON_PLACE_CHANGE", "reason_change"), Field("HOME_POST", "home_postcode"),
            Field("PL_POST", "placement_postcode"), Field("URN", "urn"),
        ), start="start_date", end="end_date", rule="356", coverage="touching"),
        Layout("Reviews", "Reviews", "care_reviews", (
            _child(), _birth(), _date("REVIEW", "date", essential=True, required=True),
            _code("REVIEW_CODE", "participation"),
        ), start="date", coverage="starting"),
        Layout("UASC", "Unaccompanied asylum-seeking children", "children", (
            _child(), _code("SEX", "sex"), _birth("date_of_birth"),
            _date("DUC", "unaccompanied_ceased", essential=True),
        ), once="INT36"),
        Layout("OC2", "Outcomes (OC2)", "health_outcomes", (
            _child(), _birth(), Field("SDQ_SCORE", "sdq_score", "score"), _code("SDQ_REASON", "sdq_reason"),
            *_flags("CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT",
                    "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED"),
        ), once="INT33"),
        Layout("OC3", "Care leavers (OC3)", "care_leaver_outcomes", (
            _child(), _birth(), _code("IN_TOUCH", "in_touch"), _code("ACTIV", "activity"),
            _code("ACCOM", "accommodation"),
        ), once="INT34"),
        Layout("AD1", "Adoptions (AD1)", "adoptions", (
            _child(), _birth(), _date("DATE_INT", "decision_date"), _date("DATE_MATCH", "matched_date"),
            Field("FOSTER_CARE", "foster_carer_adopts", "flag"), _code("NB_ADOPTR", "adopters"),
            _code("SEX_ADOPTR", "sex_of_adopters"), _code("LS_ADOPTR", "adopters_status"),
        ), once="INT31"),
        Layout("PlacedAdoption", "Should be placed for adoption", "placed_for_adoption", (
            _child(), _birth(), _date("DATE_PLACED", "date", essential=True, required=True),
            _date("DATE_PLACED_CEASED", "ceased_date"), _code("REASON_PLACED_CEASED", "ceased_reason"),
        ), start="date", end="ceased_date", rule="522"),
        Layout("PrevPerm", "Previous permanence", "previous_permanence", (
            _child(), _birth(), _code("PREV_PERM", "kind", essential=True), Field("LA_PERM", "authority"),
            Field("DATE_PERM", "date"),
        ), once="INT35"),
        Layout("Missing", "Missing and away from placement", "missing_episodes", (
            _child(), _birth(), _code("MISSING", "kind", essential=True, required=True),
            _date("MIS_START", "start_date", essential=True, required=True),
            _date("MIS_END", "end_date", essential=True),
        ), start="start_date", end="end_date", rule="567", coverage="starting"),
        Layout("SWEpisodes", "Social worker episodes", "worker_episodes", (
            _child(), _birth(), Field("SW_ID", "worker", "identifier", essential=True, required=True),
            _date("SW_DECOM", "start_date", essential=True, required=True),
            _date("SW_DEC", "end_date", essential=True), _code("SW_REASON", "reason"),
        ), start="start_date", end="end_date", since=2024),
        Layout("DoLo", "Deprivation of liberty orders", "deprivations_of_liberty", (
            _child(), _birth(), _date("DOLO_START", "start_date", essential=True, required=True),
            _date("DOLO_END", "end_date", essential=True),
        ), start="start_date", end="end_date", since=2027),
    )  # fmt: skip


def layout(name: str) -> Layout:
    return next(one for one in layouts() if one.name == name)


@lru_cache(maxsize=1)
def _names() -> MappingProxyType:
    """Header key -> the return's own name for the column."""
    every = dict.fromkeys([n for one in layouts() for n in one.names] + list(_REGIONAL))
    return MappingProxyType({header_key(name): name for name in every} | dict(_ALIASES))


def column_name(text: object) -> str:
    """The return's own name for a header cell or an element, whatever its case and spacing; "" where it has none."""
    return _names().get(header_key(text), "")


def recognise(names: Iterable[str]) -> Layout | None:
    """The table that a set of the return's own column names belongs to; None where it is none of them."""
    there = set(names)
    fitting = []
    for order, one in enumerate(layouts()):
        matched = there & {f.name for f in one.fields if f.expected}
        whole = sum(f.expected for f in one.fields)
        enough = len(matched) >= max(LEAST_TO_RECOGNISE, SHARE_TO_RECOGNISE * whole)
        if enough and matched & one.own:
            fitting.append((len(matched) / whole, len(matched), -order, one))
    return max(fitting, key=lambda found: found[:3])[3] if fitting else None


def header_of(rows: list[list]) -> tuple[int, Layout] | None:
    """Where the header of a sheet stands (0-based) and which table it is; None for a sheet that isn't of the return."""
    for number, row in enumerate(rows[:HEADER_WITHIN_ROWS]):
        found = recognise(filter(None, map(column_name, row)))
        if found:
            return number, found
    return None
