"""What is written in a return's own format is read back as it was: every code of every list, then a whole authority."""

import pandas as pd
import pytest

from analysis.records.tables import TABLES
from analysis.reference.codes import codes
from analysis.reference.quarters import Quarter, quarters
from analysis.returns.reading import read_delivery
from analysis.simulation.annex_a_layout import layout_of
from analysis.simulation.deliveries import write_deliveries, write_quarter
from analysis.simulation.truth import carried, simulate
from analysis.simulation.write_local import LOCAL_TABLES

# Three layouts of Annex A take turns; a fourth quarter brings the yearly tables, a second the workforce census.
QUARTERS = quarters(Quarter(2017, 2), Quarter(2017, 4))
# The simulated story always begins in 2015.
SIMULATED = quarters(Quarter(2015, 1), Quarter(2015, 4))
MEASURES = (
    "referrals_12m",
    "section47_12m",
    "icpc_12m",
    "previous_plans",
    "placements_12m",
    "missing_12m",
    "absent_12m",
)
# As many rows as the longest code list (ways of leaving care and placements), so that each code is written once.
ROWS = 42


def filled(name: str, quarter: Quarter, rows: int = ROWS, **columns) -> pd.DataFrame:
    """A canonical table with something different in every row and column: every code of the year in its turn."""
    first = pd.Timestamp(quarter.end) - pd.Timedelta(days=rows + 5)
    ids = [f"SIM{number:06d}" for number in range(rows)]
    cycle = range(rows)
    found = {}
    for position, column in enumerate(TABLES[name].columns):
        if column.name in columns:
            continue
        if column.name == "child_id":
            found[column.name] = ids
        elif column.kind == "date":
            found[column.name] = [first + pd.Timedelta(days=n) for n in cycle]
        elif column.kind == "code":
            collection, listed = column.codes.split(":")
            known = list(codes(collection, listed, quarter.year + 1))
            found[column.name] = [known[n % len(known)] for n in cycle]
        elif column.kind == "flag":
            found[column.name] = [(True, False, None)[n % 3] for n in cycle]
        elif column.kind == "integer":
            found[column.name] = [(n + position) % 7 for n in cycle]
        elif column.kind == "number":
            found[column.name] = [n / 4 for n in cycle]
        elif column.name.endswith("postcode"):
            found[column.name] = [f"NE{n + 10} {n % 10}AB" for n in cycle]
        elif column.name == "placement_authority":
            found[column.name] = [("Gateshead", "Newcastle upon Tyne", "SCO")[n % 3] for n in cycle]
        elif column.name == "upn":
            found[column.name] = [f"A{n:012d}" for n in cycle]
        elif column.name.endswith("urn"):
            found[column.name] = [f"SC{n:06d}" for n in cycle]
        else:
            found[column.name] = [f"{column.name} {n}" for n in cycle]
    return TABLES[name].conform(pd.DataFrame(found | columns, index=range(rows)))


def later(dates: pd.Series, days: int) -> pd.Series:
    return dates + pd.Timedelta(days=days)


def every_other(values: pd.Series) -> pd.Series:
    """Half of the values blank: what is open has no end, and no reason for one."""
    return values.where(pd.Series(range(len(values)), index=values.index) % 2 == 0)


def cin_story(quarter: Quarter) -> dict[str, pd.DataFrame]:
    """A child an episode, closed as soon as it is assessed, with everything that the census can hold in it."""
    disabilities = [code for code in codes("cin", "Disability", quarter.year + 1) if code != "NONE"]
    disabled = pd.Series([(True, False, None)[n % 3] for n in range(ROWS)], dtype="boolean")
    named = pd.Series([" ".join(disabilities[n % 5 : n % 5 + 1 + n % 7]) for n in range(ROWS)], dtype="string")
    children = filled("children", quarter, disabled=disabled, disabilities=named.where(disabled.fillna(False)))
    if quarter.year >= 2024:  # from then on sex is M, F or U
        children["sex"] = children["sex"].replace("N", "U")
    referrals = filled("referrals", quarter, no_further_action=[n % 5 == 0 for n in range(ROWS)])
    taken = referrals[~referrals["no_further_action"]]
    start, child = taken["date"], {"child_id": taken["child_id"].tolist()}
    within = child | {"referral_date": start.tolist()}
    rows = len(taken)
    factors = list(codes("cin", "AssessmentFactors", quarter.year + 1))
    return {
        "children": children,
        "referrals": referrals,
        "episodes_of_need": filled(
            "episodes_of_need", quarter, rows, **child, start_date=start.tolist(), closure_date=later(start, 4).tolist()
        ),
        "assessments": filled("assessments", quarter, rows, **within, start_date=start.tolist()),
        "assessment_factors": pd.DataFrame(
            [(child_id, day, factor)
             for position, (child_id, day) in enumerate(zip(taken["child_id"], start, strict=True))
             for factor in factors[position % 9 :: 9]],
            columns=["child_id", "start_date", "factor"],
        ),
        "section47_enquiries": filled("section47_enquiries", quarter, rows, **within),
        "transfer_in_conferences": filled("transfer_in_conferences", quarter, rows, **within),
        "cin_plans": filled("cin_plans", quarter, rows, **within),
        "protection_plans": filled("protection_plans", quarter, rows, **within, start_date=later(start, 1).tolist()),
        "protection_reviews": filled("protection_reviews", quarter, rows, **child, plan_start=later(start, 1).tolist()),
    }  # fmt: skip


def workforce_story(quarter: Quarter) -> dict[str, pd.DataFrame]:
    year = {"year": quarter.end.year}
    ids = [f"SW99{number:08d}" for number in range(ROWS)]
    return {
        # This census's 9 is "not specified", which is as good as not known.
        "social_workers": filled("social_workers", quarter, **year, worker_id=ids, sex=["M", "F", "U"] * (ROWS // 3)),
        "vacancies": filled("vacancies", quarter, 1, **year, vacancies_fte=79.68, agency_vacancy_fte=59.825),
    }


def local_story(quarter: Quarter) -> dict[str, pd.DataFrame]:
    return {name: filled(name, quarter, **_LOCAL_COLUMNS.get(name, {})) for name in LOCAL_TABLES}


_LOCAL_COLUMNS = {
    "education_results": {"academic_year": "2016-17"},
    "school_moves": {"academic_year": "2017-18"},
    "physical_interventions": {"month": pd.Timestamp(2017, 9, 1)},
    "care_proceedings": {"pre_proceedings_date": pd.Timestamp(2018, 1, 1)},
}


def care_story(quarter: Quarter) -> dict[str, pd.DataFrame]:
    """Children looked after, half of them still: each with a row in every file of the return."""
    year = {"year": quarter.year + 1}
    unaccompanied = pd.Series([True if n % 3 == 0 else None for n in range(ROWS)], dtype="boolean")
    children = filled("children", quarter, sex=[("M", "F")[n % 2] for n in range(ROWS)], unaccompanied=unaccompanied,
                      date_of_birth=pd.Timestamp(2008, 2, 29))  # fmt: skip
    episodes = filled("care_episodes", quarter)
    ended = later(episodes["start_date"], 3).astype("datetime64[us]")
    moved = filled("placed_for_adoption", quarter)
    return {
        "children": children.assign(
            unaccompanied_ceased=children["unaccompanied_ceased"].where(unaccompanied.fillna(False))
        ),
        "care_episodes": episodes.assign(
            end_date=every_other(ended), reason_ended=every_other(episodes["reason_ended"]),
            reason_change=every_other(episodes["reason_change"]),
        ),
        "care_reviews": filled("care_reviews", quarter),
        "placed_for_adoption": moved.assign(
            ceased_date=every_other(later(moved["date"], 2)), ceased_reason=every_other(moved["ceased_reason"])
        ),
        "previous_permanence": filled("previous_permanence", quarter, date=["zz/zz/2014", "01/02/2013"] * (ROWS // 2)),
        "missing_episodes": filled("missing_episodes", quarter),
        "health_outcomes": filled("health_outcomes", quarter, **year),
        "care_leaver_outcomes": filled("care_leaver_outcomes", quarter, **year),
        "adoptions": filled("adoptions", quarter, adopters=[1, 2] * (ROWS // 2)),
    }  # fmt: skip


def annex_story(quarter: Quarter) -> dict[str, pd.DataFrame]:
    """A row a child in every list."""
    as_at = {"as_at": pd.Timestamp(quarter.end)}
    needs, plans, periods = (filled(name, quarter) for name in ("episodes_of_need", "protection_plans", "care_periods"))
    needs["closure_reason"] = needs["closure_reason"].replace("RC8", "RC7")  # which list 6 leaves out
    open_needs, open_periods = every_other(needs["closure_date"]), every_other(periods["end_date"])
    counts = pd.concat(
        [
            filled("reported_counts", quarter, **as_at, measure=measure)
            for measure in MEASURES
            if measure != "previous_plans"
        ]
        + [
            plans[["child_id", "previous_plans"]]
            .rename(columns={"previous_plans": "value"})
            .assign(measure="previous_plans", **as_at)
        ]
    )
    adopters = [f"SIMA{number:05d}" for number in range(ROWS)]
    return {
        # The list says "within the last twelve months", so that a No says nothing of the child.
        "children": filled("children", quarter, unaccompanied=[True, None, None] * (ROWS // 3)),
        "contacts": filled("contacts", quarter),
        "early_help_assessments": filled("early_help_assessments", quarter),
        "referrals": filled("referrals", quarter),
        "assessments": filled("assessments", quarter),
        "section47_enquiries": filled("section47_enquiries", quarter),
        "episodes_of_need": needs.assign(
            closure_date=open_needs, closure_reason=needs["closure_reason"].where(open_needs.notna())
        ),
        "need_status": filled("need_status", quarter, **as_at, start_date=needs["start_date"]).assign(
            team=None, worker="Not known"
        ),
        "protection_plans": plans.assign(end_date=every_other(plans["end_date"])),
        "protection_status": filled("protection_status", quarter, **as_at, plan_start=plans["start_date"]).assign(
            team=plans["team"], worker=plans["worker"]
        ),
        "care_periods": periods.assign(
            end_date=open_periods, reason_ended=periods["reason_ended"].where(open_periods.notna())
        ),
        "care_status": filled("care_status", quarter, **as_at, period_start=periods["start_date"]),
        "care_leaver_status": filled("care_leaver_status", quarter, **as_at),
        "adoptions": filled("adoptions", quarter),
        "adopters": filled("adopters", quarter, adopter_id=adopters),
        "reported_counts": counts,
    }  # fmt: skip


def read_back(kind: str, tables, quarter: Quarter, folder):
    """The one return that is read from a delivery of these tables, with nothing set aside and nothing left unread."""
    write_quarter({kind: tables}, quarter, folder, "929")
    reading = read_delivery([folder], quarter)
    assert [(p.reason, p.column, p.value) for p in reading.problems] == []
    assert [count for count in reading.every_count if count.set_aside] == []
    (found,) = reading.returns
    assert (found.kind, found.end) == (kind, quarter.end)
    return found


def assert_same(found, tables) -> None:
    for name, frame in found.tables.items():
        wanted = TABLES[name].conform(tables[name])[list(frame.columns)]
        pd.testing.assert_frame_equal(frame, wanted, obj=name)


@pytest.mark.parametrize("quarter", [Quarter(2018, 2), Quarter(2024, 4)], ids=str)
def test_every_code_of_the_cin_census_comes_back(quarter, tmp_path):
    story = cin_story(quarter)
    found = read_back("cin_census", story, quarter, tmp_path / "delivery")
    assert set(found.tables) == set(story) - ({"cin_plans"} if quarter.year < 2022 else set())
    assert_same(found, story)


def test_every_code_of_the_workforce_census_comes_back(tmp_path):
    story = workforce_story(QUARTERS[0])
    found = read_back("workforce_census", story, QUARTERS[0], tmp_path / "delivery")
    assert set(found.tables) == set(story)
    assert_same(found, story)


def test_every_code_of_the_local_returns_comes_back(tmp_path):
    story = local_story(QUARTERS[0])
    found = read_back("local", story, QUARTERS[0], tmp_path / "delivery")
    assert set(found.tables) == set(story)
    assert_same(found, story)


@pytest.mark.parametrize("quarter", [Quarter(2017, 4), Quarter(2018, 4)], ids=str)
def test_every_code_of_the_ssda903_comes_back(quarter, tmp_path):
    story = care_story(quarter)
    found = read_back("ssda903", story, quarter, tmp_path / "delivery")
    assert set(found.tables) == set(story)
    assert_same(found, story)


@pytest.mark.parametrize("quarter", QUARTERS, ids=lambda quarter: layout_of(quarter).sheet + str(quarter))
def test_every_code_of_annex_a_comes_back_in_every_layout(quarter, tmp_path):
    story = annex_story(quarter)
    found = read_back("annex_a", story, quarter, tmp_path / "delivery")
    assert set(found.tables) == set(story)
    assert_same(found, story)


@pytest.fixture(scope="module")
def truth():
    return simulate(quarters=SIMULATED, scale=0.03, seed=11)


@pytest.fixture(scope="module")
def place(truth, tmp_path_factory):
    return write_deliveries(truth, tmp_path_factory.mktemp("returns"))


@pytest.mark.parametrize("quarter", SIMULATED, ids=str)
def test_a_small_authoritys_returns_are_read_as_they_were_written(quarter, truth, place):
    reading = read_delivery([place / str(quarter)], quarter)
    assert [(p.reason, p.file, p.column, p.value) for p in reading.problems] == []
    written = carried(truth, quarter)
    assert {found.kind for found in reading.returns} == set(written)
    for found in reading.returns:
        assert [count for count in found.counts if count.set_aside] == []
        assert set(found.tables) == set(written[found.kind])
        for name, frame in found.tables.items():
            wanted = TABLES[name].conform(written[found.kind][name], partial=True)
            pd.testing.assert_frame_equal(frame, wanted, obj=f"{found.kind} {name}")
