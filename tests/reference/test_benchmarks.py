"""The benchmark store against what the Department printed: section 5 of the reference, symbols, vintages."""

import csv
import re
from pathlib import Path

import pytest

from analysis.methods.rates import round_half_up
from analysis.reference import benchmarks, benchmarks_from, neighbours
from analysis.reference.areas import area, areas
from analysis.reference.project import UserError

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
REFERENCE = SHARED / "domain" / "reference.md"
NORTHUMBERLAND, NORTH_EAST, ENGLAND = "929", "E12000001", "E92000001"
# Rows of "Others (Northumberland | North East | England | mean of Apr-2021 SNs)", and the measures that they print.
ROWS = {
    "Referral rate": ["referral_rate"], "Re-referral %": ["rereferral_percent"],
    "Assessed not in need %": ["assessed_not_in_need_percent"],
    "Assess ≤45 WD %": ["assessments_within_45_days_percent"], "S47 rate": ["section47_rate"], "ICPC rate": ["icpc_rate"],
    "ICPC ≤15 WD %": ["icpc_within_15_days_percent"], "CPP rate (SN)": ["cpp_rate"], "CPP start rate": ["cpp_start_rate"],
    "2nd+ CPP %": ["cpp_repeat_percent"], "CPP ≥2y open %": ["cpp_two_years_open_percent"],
    "CPP ≥2y ended %": ["cpp_two_years_ended_percent"], "CP reviews in time %": ["cpp_reviews_in_time_percent"],
    "LAC rate (SN)": ["lac_rate"], "3+ placements %": ["lac_three_placements_percent"],
    "Long-term stability %": ["lac_long_term_stability_percent"],
    ">20 miles & out of LA %": ["lac_over_20_miles_out_of_area_percent"], "Adopted % of leavers": ["adopted_percent"],
    "Missing %": ["lac_missing_percent"], "Health / dental %": ["lac_health_assessment_percent", "lac_dental_check_percent"],
    "Care leavers EET 19–21 %": ["care_leavers_eet_percent"],
    "Suitable accommodation %": ["care_leavers_suitable_accommodation_percent"], "Mean SDQ": ["sdq_mean"],
    "Turnover % (Sept)": ["turnover_percent"], "Vacancy %": ["vacancy_percent"], "Agency %": ["agency_percent"],
    "Avg caseload": ["caseload_mean_census"], "Absence %": ["absence_percent"], "Care applications /10k": ["care_application_rate"],
    "CIN rate 31 Mar": ["cin_rate"],
}  # fmt: skip


def _printed():
    if not REFERENCE.is_file():
        return []
    text = REFERENCE.read_text(encoding="utf-8")
    text = text[text.index("**Others (Northumberland") : text.index("England legal status:")]
    found = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 5 and cells[0] in ROWS:
            for year, cell in zip(range(2016, 2020), cells[1:], strict=True):
                found += _of_cell(cells[0], year, re.split(r"\s*\\\|\s*", cell))
    return found


def _of_cell(row, year, values):
    """(measure, year, whose, printed) for each value of a cell; two measures share one where the row has two."""
    if values == ["–"]:
        return []
    who = ("Northumberland", "North East", "England", "neighbours")
    return [
        (measure, year, name, part)
        for name, value in zip(who, values, strict=False)
        for measure, part in zip(ROWS[row], value.split("/") if len(ROWS[row]) > 1 else [value], strict=True)
        if part != "–"
    ]


PRINTED = _printed()


@pytest.mark.skipif(not PRINTED, reason="the domain reference isn't beside this checkout")
def test_every_row_of_the_reference_is_checked():
    assert {measure for measure, *_ in PRINTED} == {measure for measures in ROWS.values() for measure in measures}
    assert len(PRINTED) > 400


@pytest.mark.skipif(not PRINTED, reason="the domain reference isn't beside this checkout")
@pytest.mark.parametrize("measure", sorted({measure for measures in ROWS.values() for measure in measures}))
def test_the_store_holds_what_the_reference_prints(measure):
    wrong = []
    for _, year, who, text in (row for row in PRINTED if row[0] == measure):
        if who == "neighbours":
            value = neighbours.mean(measure, NORTHUMBERLAND, year, "apr-2021").value
        else:
            place = {"Northumberland": NORTHUMBERLAND, "North East": NORTH_EAST, "England": ENGLAND}[who]
            found = benchmarks.figure(measure, place, year)
            value = found.value if found.value is not None else found.symbol
        if text in benchmarks.SYMBOLS or isinstance(value, str):
            right = text == value
        else:
            # The reference rounded its means in two steps (156.47, 156.5, 157).
            slack = 0.05 if who == "neighbours" else 1e-9
            right = abs(value - float(text)) <= 0.5 * 10 ** -len(text.partition(".")[2]) + slack
        if not right:
            wrong.append((year, who, text, value))
    assert not wrong


def test_a_figure_of_two_vintages_is_two_figures():
    then = benchmarks.figure("referral_rate", ENGLAND, 2018, "first-published")
    now = benchmarks.figure("referral_rate", ENGLAND, 2018)
    assert (then.value, then.release.population) == (553, "in-force")
    assert (now.value, now.release.population) == (559.6, "mye-2024")
    releases = {one.release.id: one.value for one in benchmarks.held("cpp_rate", NORTHUMBERLAND, 2024)}
    assert releases == {"lait-2026": 65.1, "cin-2024": 65.3}


@pytest.mark.parametrize(
    ("measure", "place", "year", "numerator", "denominator", "value"),
    [
        ("assessments_within_45_days_percent", NORTHUMBERLAND, 2018, 3893, 4333, 89.8),
        ("icpc_within_15_days_percent", NORTHUMBERLAND, 2018, 503, 606, 83.0),
        ("cpp_repeat_percent", NORTHUMBERLAND, 2018, 82, 511, 16.0),
        ("cpp_reviews_in_time_percent", NORTHUMBERLAND, 2018, 219, 226, 96.9),
        ("turnover_percent", NORTHUMBERLAND, 2018, 28.6, 180.3, 15.9),
        ("caseload_mean_census", NORTHUMBERLAND, 2018, 2380, 125.8, 18.9),
        ("lac_section20_percent", ENGLAND, 2017, 16470, 72670, 22.7),
        ("sgo_percent", ENGLAND, 2018, 3470, 30050, 11.5),
    ],
)
def test_numerator_and_denominator_give_the_value(measure, place, year, numerator, denominator, value):
    """From the release that prints the parts, whichever prints the value."""
    found = next(one for one in benchmarks.held(measure, place, year) if one.denominator)
    assert (found.numerator, found.denominator) == (numerator, denominator)
    per = 100 if measure.endswith("percent") else 1
    assert round_half_up(per * found.numerator / found.denominator, 1) == value
    assert round_half_up(benchmarks.figure(measure, place, year).value, 1) == value


def test_what_was_not_printed_but_can_be_worked_out_says_so():
    found = benchmarks.figure("cin_awaiting_assessment_rate", NORTHUMBERLAND, 2025)
    assert found.worked_out
    assert found.text == ""
    assert (found.numerator, found.denominator) == (45, 59056)
    assert not benchmarks.figure("cin_awaiting_assessment_rate", NORTHUMBERLAND, 2018).worked_out


def test_symbols_stay_symbols():
    withheld = benchmarks.figure("cpp_two_years_ended_percent", NORTHUMBERLAND, 2019)
    assert (withheld.value, withheld.symbol) == (None, "c")
    known = set(benchmarks.SYMBOLS) | {""}
    for path in (benchmarks.FOLDER / "figures").glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                texts = {text for year, text in row.items() if year.isdigit()}
                assert {t for t in texts if not re.fullmatch(r"-?\d+(\.\d+)?", t)} <= known, path.name


def test_every_measure_is_described_and_has_figures():
    with_figures = {path.stem for path in (benchmarks.FOLDER / "figures").glob("*.csv")}
    assert with_figures == set(benchmarks_from.SOURCES)
    first = {row["measure"] for row in benchmarks._first_published()}
    assert set(benchmarks.measures()) == with_figures | first
    for measure in benchmarks.measures().values():
        assert measure.definition.endswith(".")
        assert benchmarks.years(measure.id, ENGLAND)
    assert set(benchmarks.PREFERENCE) == set(benchmarks.releases())


@pytest.mark.parametrize("measure", sorted(benchmarks_from.SOURCES))
def test_every_authority_region_and_england_is_there(measure):
    held = {code for _, code, _ in benchmarks._texts(measure)}
    wanted = {a.ons for a in areas() if a.level in ("country", "region") and not a.ons.startswith("E13")}
    missing = wanted - held
    # Cafcass has no figures by region.
    assert not missing or measure == "care_application_rate"
    authorities = {a.ons for a in areas() if a.level == "authority"}
    assert len(held & authorities) >= 150
    assert held <= {a.ons for a in areas()}


def test_years_and_regions():
    assert benchmarks.years("referral_rate", NORTHUMBERLAND) == tuple(range(2013, 2026))
    assert benchmarks.region(NORTHUMBERLAND).ons == NORTH_EAST
    assert benchmarks.region("301").name == "London"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: benchmarks.figure("referal_rate", ENGLAND, 2018), "nothing is published as 'referal_rate'"),
        (lambda: benchmarks.figure("referral_rate", "Narnia", 2018), "'Narnia' is no area"),
        (lambda: benchmarks.figure("referral_rate", ENGLAND, 2018, "cin-2031"), "'cin-2031' is no release"),
        (lambda: neighbours.neighbours(NORTHUMBERLAND, "2014"), "'2014' is no edition"),
    ],
)
def test_mistakes_are_told_in_a_sentence(call, told):
    with pytest.raises(UserError, match=re.escape(told)):
        call()


def test_a_year_that_nobody_has_published_is_none():
    assert benchmarks.figure("referral_rate", ENGLAND, 2031) is None
    assert neighbours.mean("referral_rate", NORTHUMBERLAND, 2031, "apr-2021").value is None


# --- neighbours ------------------------------------------------------------------------------------------------


def test_neighbours_by_edition():
    names = [one.code for one in neighbours.neighbours(NORTHUMBERLAND, "apr-2021")]
    assert names == ["811", "877", "392", "896", "808", "381", "860", "830", "891", "888"]
    names = [one.code for one in neighbours.neighbours(NORTHUMBERLAND, "may-2025")]
    assert names == ["926", "830", "888", "908", "878", "840", "838", "886", "885", "935"]


@pytest.mark.parametrize("edition", neighbours.EDITIONS)
def test_every_authority_has_ten_others(edition):
    codes = {code for held, code in neighbours._sets() if held == edition}
    assert len(codes) >= 151
    for code in codes:
        them = neighbours._sets()[edition, code]
        assert len(set(them)) == 10
        assert code not in them
        assert all(area(one).level == "authority" for one in them)


def test_the_mean_says_how_many_had_a_figure():
    """Plans that ended after two years or more are withheld in most authorities."""
    found = neighbours.mean("cpp_two_years_ended_percent", NORTHUMBERLAND, 2019, "apr-2021")
    values = [benchmarks.figure("cpp_two_years_ended_percent", one.code, 2019).value
              for one in neighbours.neighbours(NORTHUMBERLAND, "apr-2021")]  # fmt: skip
    with_data = [value for value in values if value is not None]
    assert found.of == 10
    assert found.having == len(with_data) < 10
    assert found.value == pytest.approx(sum(with_data) / len(with_data))


def test_the_edition_in_force():
    import datetime as dt

    assert neighbours.edition_at(dt.date(2018, 9, 30)) == "apr-2021"
    assert neighbours.edition_at(dt.date(2025, 5, 1)) == "may-2025"
    assert neighbours.named("apr-2021") == "April 2021"


# --- made again from the downloads -----------------------------------------------------------------------------


@pytest.mark.skipif(not (SHARED / "benchmarks").is_dir(), reason="the downloads aren't beside this checkout")
def test_the_tables_are_what_the_downloads_give(tmp_path):
    made = benchmarks_from.retabulate(SHARED / "benchmarks", tmp_path)
    assert len(made) == len(benchmarks_from.SOURCES) + 1
    for path in made:
        committed = benchmarks.FOLDER / path.relative_to(tmp_path)
        assert path.read_bytes() == committed.read_bytes(), path.name


def test_a_folder_without_the_downloads_says_which_file_is_missing(tmp_path):
    with pytest.raises(
        UserError, match=re.escape("should have one file dfe_cin_2013_2024/c1_*_to_2024.csv, and has 0")
    ):
        benchmarks_from.figures(tmp_path, "referral_rate")
