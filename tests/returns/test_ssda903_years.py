"""Which collection year an SSDA903 table belongs to, told by its content; and the five years of the sample."""

from __future__ import annotations

import csv
import datetime as dt
import random

import pandas as pd
import pytest

from analysis.records.delivery import NOTED, SET_ASIDE
from analysis.reference.calendar import Quarter
from analysis.returns.reading import Context
from analysis.returns.sources import files_of, open_files
from analysis.returns.ssda903 import READER

EPISODES = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
# Looked after on 31 March, short breaks left out: counted by hand from the sample's files.
SAMPLE_COUNTS = {2018: 367, 2019: 195, 2020: 135, 2021: 89, 2022: 55}


def read_files(paths, quarter=None):
    opened = open_files(paths)
    pieces = [p for p in (*opened.sheets, *opened.documents) if READER.claims(p)]
    returns = READER.read(pieces, Context(Quarter.parse(quarter) if quarter else None))
    for one in returns:
        assert all(count.read == count.kept + count.set_aside for count in one.counts)
    return returns


def read(folder, files, quarter=None):
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_files(files_of([folder]), quarter)


def episodes(*rows):
    lines = [f"{child},{start},S,C2,N1,U4,PR1,{end},{'E4A' if end else ''},,,," for child, start, end in rows]
    return "\n".join([EPISODES, *lines, ""])


def reviews(*rows):
    return "\n".join(["CHILD,DOB,REVIEW,REVIEW_CODE", *[f"{child},,{day},PN1" for child, day in rows], ""])


def outcomes(*children):
    return "\n".join(["CHILD,DOB,IN_TOUCH,ACTIV,ACCOM", *[f"{child},,YES,G5,U1" for child in children], ""])


def by_year(returns):
    return {one.end.year: sorted({c.file for c in one.counts}) for one in returns}


TWO_YEARS = {
    "x.csv": episodes(("1", "01/05/2016", "01/06/2017"), ("2", "01/05/2017", ""), ("3", "01/05/2017", "01/02/2018")),
    "y.csv": episodes(("2", "01/05/2017", ""), ("4", "01/05/2018", "01/02/2019"), ("5", "01/02/2019", "")),
}


def test_episodes_are_of_the_year_they_touch(tmp_path):
    assert by_year(read(tmp_path, TWO_YEARS)) == {2018: ["x.csv"], 2019: ["y.csv"]}


def test_dated_tables_go_by_their_dates_and_others_by_their_children(tmp_path):
    files = TWO_YEARS | {
        "a.csv": reviews(("2", "05/05/2017"), ("3", "06/06/2017")),
        "b.csv": reviews(("2", "05/05/2018"), ("4", "06/06/2018")),
        "c.csv": outcomes("4", "5"),
        "d.csv": outcomes("1", "3", "2"),
    }
    returns = read(tmp_path, files)
    assert by_year(returns) == {2018: ["a.csv", "d.csv", "x.csv"], 2019: ["b.csv", "c.csv", "y.csv"]}
    told = {p.file: p.why for one in returns for p in one.problems if p.reason == "year-by-children"}
    assert set(told) == {"c.csv", "d.csv"}
    assert told["c.csv"] == (
        "its own dates don't say its year; taken as 2018-19, whose other tables have 100% of its 2 children and fit "
        "it best"
    )
    assert list(returns[1].tables["care_leaver_outcomes"]["year"]) == [2019, 2019]


def test_adoptions_go_where_the_children_were_adopted(tmp_path):
    adopted = TWO_YEARS["y.csv"].replace("01/02/2019,E4A", "01/02/2019,E11")
    text = "CHILD,DOB,DATE_INT,DATE_MATCH,FOSTER_CARE,NB_ADOPTR,SEX_ADOPTR,LS_ADOPTR\n4,,01/05/2017,01/06/2017,0,2,MF,L11\n"
    assert by_year(read(tmp_path, TWO_YEARS | {"y.csv": adopted, "ad.csv": text}))[2019] == ["ad.csv", "y.csv"]


def test_a_table_that_shares_no_child_goes_to_the_latest_year_and_says_so(tmp_path):
    returns = read(tmp_path, TWO_YEARS | {"z.csv": outcomes("77", "78")})
    assert by_year(returns)[2019] == ["y.csv", "z.csv"]
    (problem,) = [p for p in returns[1].problems if p.reason == "year-unknown"]
    assert (problem.outcome, problem.file) == (NOTED, "z.csv")
    assert problem.why == "it shares no child with any year; taken as 2018-19, the latest in the delivery"


def test_in_one_year_a_table_of_other_children_is_doubted(tmp_path):
    (one,) = read(tmp_path, {"x.csv": TWO_YEARS["x.csv"], "z.csv": outcomes("77", "78", "1")})
    (problem,) = [p for p in one.problems if p.reason == "year-doubtful"]
    assert problem.why == "only 1 of its 3 children are in the other tables of 2017-18"


def test_file_names_and_order_decide_nothing(tmp_path):
    files = TWO_YEARS | {"c.csv": outcomes("4", "5"), "d.csv": outcomes("1", "3", "2")}
    expected = {one.title: one.tables for one in read(tmp_path, files)}
    names = list(files)
    random.Random(903).shuffle(names)
    shuffled = tmp_path / "shuffled"
    shuffled.mkdir()
    renamed = {f"{number}.csv": files[name] for number, name in enumerate(names)}
    for one in read(shuffled, renamed):
        for name, frame in expected[one.title].items():
            pd.testing.assert_frame_equal(one.tables[name], frame)


def test_where_dates_allow_several_years_the_quarters_is_taken(tmp_path):
    everything_open = episodes(("1", "01/05/2016", ""), ("2", "01/06/2016", ""))
    (without,) = read(tmp_path, {"x.csv": everything_open})
    (within,) = read(tmp_path, {"x.csv": everything_open}, "2018-19-Q1")
    assert (without.end, within.end) == (dt.date(2017, 3, 31), dt.date(2018, 6, 30))


def test_an_open_episode_that_the_next_year_lacks_is_counted(tmp_path):
    files = TWO_YEARS | {"y.csv": episodes(("4", "01/05/2018", "01/02/2019"), ("5", "01/02/2019", ""))}
    _, later = read(tmp_path, files)
    (problem,) = [p for p in later.problems if p.reason == "not-carried-over"]
    assert problem.why == (
        "1 of 1 episodes that 2017-18 left open are not in this year's return with the same start (rule 502)"
    )


def test_without_episodes_the_other_dates_say_the_year(tmp_path):
    (one,) = read(tmp_path, {"a.csv": reviews(("1", "05/05/2017"), ("2", "01/04/2018"), ("3", "31/03/2018"))})
    assert one.end == dt.date(2018, 3, 31)


def test_without_any_date_the_quarter_says_the_year(tmp_path):
    (one,) = read(tmp_path, {"c.csv": outcomes("4")}, "2017-18-Q4")
    assert list(one.tables["care_leaver_outcomes"]["year"]) == [2018]


# --- the sample ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(samples):
    return read_files(files_of([samples / "ssda903" / "five-years"]))


@pytest.fixture(scope="module")
def folder(samples):
    return samples / "ssda903" / "five-years"


def on_31_march(path, year):
    """Counted from the file with nothing of ours: children with an episode open on 31 March, V3 and V4 left out."""
    day = dt.datetime(year, 3, 31)
    found = set()
    with open(path, encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            start = dt.datetime.strptime(row["DECOM"], "%d/%m/%Y")
            end = dt.datetime.strptime(row["DEC"], "%d/%m/%Y") if row["DEC"] else None
            if start <= day and (end is None or end > day) and row["LS"] not in ("V3", "V4"):
                found.add(row["CHILD"])
    return found


@pytest.mark.samples
def test_children_looked_after_on_each_31_march(sample, folder):
    for one in sample:
        frame, day = one.tables["care_episodes"], pd.Timestamp(one.end)
        is_open = (frame["start_date"] <= day) & (frame["end_date"].isna() | (frame["end_date"] > day))
        children = set(frame.loc[is_open & ~frame["legal_status"].isin(["V3", "V4"]), "child_id"])
        assert children == on_31_march(folder / f"{one.end.year - 1}-episodes.csv", one.end.year)
        assert len(children) == SAMPLE_COUNTS[one.end.year]
    assert [one.end.year for one in sample] == sorted(SAMPLE_COUNTS)


@pytest.mark.samples
def test_every_file_is_placed_in_its_year_though_most_have_no_dates_that_say_it(sample):
    for one in sample:
        assert {file.name[:4] for file in one.files} == {str(one.end.year - 1)}
        assert len(one.files) == 8
        told = {p.file for p in one.problems if p.reason == "year-by-children"}
        tables = ("header", "oc2", "oc3", "previous_permanence", "reviews", "uasc")
        assert told == {f"{one.end.year - 1}-{table}.csv" for table in tables}


@pytest.mark.samples
def test_every_row_of_the_sample_is_accounted_for(sample, folder):
    for path in folder.glob("*.csv"):
        with open(path, encoding="utf-8", newline="") as lines:
            rows = sum(1 for _ in csv.DictReader(lines))
        (count,) = [c for one in sample for c in one.counts if c.file == path.name]
        listed = [p for one in sample for p in one.problems if p.file == path.name and p.outcome == SET_ASIDE]
        assert (count.read, count.set_aside) == (rows, len(listed)), path.name


@pytest.mark.samples
def test_the_samples_flaws_are_reported(sample):
    """As a look at the files by hand finds them: reasons on open episodes, overlaps, an end a day after the year."""
    first = sample[0]
    (idle,) = [p for p in first.problems if p.reason == "ending-of-open-row" and p.column == "REC"]
    assert "(434 rows, this one first)" in idle.why
    assert sum(p.reason in ("overlap", "open-before-next") for p in first.problems) == 23
    assert [p.value for p in first.problems if p.reason == "ends-after-year"] == ["01/04/2018"] * 2
    assert {p.value for p in first.problems if p.reason == "code-of-another-year"} == {"E45", "E46", "E47", "E48",
                                                                                       "CUSTOD"}  # fmt: skip
    assert {p.value for p in first.problems if p.reason == "code-unknown"} == {"01", "02"}


@pytest.mark.samples
def test_the_whole_sample_can_be_one_delivery_for_its_last_quarter(folder):
    returns = read_files(files_of([folder]), "2021-22-Q4")
    assert [one.title for one in returns] == [f"SSDA903 for {y - 1}-{y % 100}" for y in SAMPLE_COUNTS]
    assert all(one.tables["care_episodes"]["start_date"].max() <= pd.Timestamp(one.end) for one in returns)
