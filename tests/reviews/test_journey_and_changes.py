"""The child's journey and what changed: small records worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.findings.bundle import FindingError
from analysis.findings.review import Review
from analysis.indicators import registry
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter
from analysis.reviews.changed import judged
from analysis.reviews.changed.measures import MEASURES
from analysis.reviews.journey import lengths, localities, reached, steps

NOW = Quarter(2018, 2)


def frame(columns: str, *rows: tuple) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=columns.split())
    for name in made.columns:
        if "date" in name or name in ("conference_target",):
            made[name] = pd.to_datetime(made[name])
    return made


def tables() -> dict[str, pd.DataFrame]:
    """The year to 30 September 2017 is followed for twelve months. A goes all the way, B stops at an assessment, C's
    assessment comes too late, and D (of the year after) isn't of the cohort."""
    return {
        "referrals": frame("child_id date team no_further_action", ("A", "2017-01-10", "Front Door Team", False),
                           ("B", "2017-01-10", "Front Door Team", False), ("C", "2016-10-01", "Front Door Team", False),
                           ("D", "2018-01-10", "Front Door Team", False)),
        "assessments": frame("child_id start_date authorised_date referral_date team",
                             ("A", "2017-01-12", "2017-02-01", "2017-01-10", "North Locality Team"),
                             ("B", "2017-01-10", "2017-02-01", "2017-01-10", "West Locality Team"),
                             ("C", "2017-10-02", "2017-10-20", "2016-10-01", "West Locality Team"),
                             ("D", "2018-01-11", "2018-01-18", "2018-01-10", "North Locality Team")),
        "section47_enquiries": frame("child_id start_date conference_date team", ("A", "2017-02-01", "2017-02-10", "North Locality Team")),
        "protection_plans": frame("child_id start_date end_date referral_date initial_category team",
                                  ("A", "2017-02-10", "2018-02-10", "2017-01-10", "NEG", "North Locality Team")),
        "care_episodes": frame("child_id start_date end_date reason_new legal_status", ("A", "2017-06-01", None, "S", "C1")),
        "contacts": frame("child_id date source", ("A", "2018-02-01", "6"), ("Z", "2018-02-01", "6")),
        "children": frame("child_id", ("A",), ("B",), ("C",), ("D",), ("Z",)),
        "transfer_in_conferences": frame("child_id date"),
    }  # fmt: skip


def review(audience: str = "internal", given: dict | None = None) -> Review:
    known = Known.from_tables(tables() if given is None else given, quarter=NOW)
    return Review("tiny", project.authority("929"), NOW, audience, known, show=lambda _: None)


def test_referrals_are_followed_for_twelve_months_and_no_longer():
    rows = reached.followed(review()).set_index("child_id")
    assert sorted(rows.index) == ["A", "B", "C"]
    assert rows.loc["A", list(reached.LATER)].tolist() == [2, 22, 31, 31, 142]
    assert rows.loc["B", "assessments"] == 0
    # C's assessment began 366 days after the referral.
    assert np.isnan(rows.loc["C", "assessments"])


def test_shares_reached_never_fall_as_months_pass_and_end_at_the_value():
    one = review()
    rows = reached.followed(one)
    curves = reached.curves(one, rows).frame
    for _, mine in curves.groupby("step"):
        assert mine.sort_values("months")["share"].is_monotonic_increasing
    last = curves[curves["months"] == 12].set_index("step")["share"]
    assert last["Assessments begun"] == pytest.approx(200 / 3)
    assert last["Assessments begun"] == pytest.approx(reached.values(one, rows)["led_to.assessments_percent"]["value"])


def test_how_long_steps_took():
    measured = lengths.measured(review())
    assert measured["assessment"]["days"].tolist() == [
        14,
        5,
    ]  # 2 to 20 October 2017; 11 to 18 January 2018, in working days
    assert measured["on_plan"]["days"].tolist() == [365]
    assert measured["referral"]["days"].tolist() == [1]


def test_a_child_is_placed_by_the_local_team_soon_after_or_last_before():
    one = review()
    places = steps.known_places(one)
    contacts = steps.rows_of(one, "contacts")
    found = steps.with_place(one, contacts, places)
    assert dict(zip(contacts["child_id"], found, strict=True)) == {"A": "North", "Z": "Not known"}


def test_localities_add_up_to_the_authority():
    rows = localities.counts(review()).frame.set_index("step")
    places = ["North", "West", "Central", "South East", "Not known"]
    known = rows[rows["All"].notna()]
    assert (known[places].sum(axis=1) == known["All"]).all()
    assert rows.loc["Referrals", [*places, "All"]].tolist() == [1, 0, 0, 0, 0, 1]
    assert rows.loc["Contacts", [*places, "All"]].tolist() == [1, 0, 0, 0, 1, 2]
    assert rows.loc["Looked after at the end", ["North", "All"]].tolist() == [1, 1]
    assert pd.isna(rows.loc["Early help referrals", "All"])


def test_who_has_no_locality_is_told():
    assert "50% of contacts, 0% of referrals and 0% of children looked after" in localities.not_placed(
        localities.counts(review())
    )


def test_after_assessment_by_the_team_that_assessed():
    rows = localities.after_assessment(review()).frame.set_index("locality")
    assert rows.loc["North", ["assessments", "enquiries", "plans", "care"]].tolist() == [1, 1, 1, 1]
    assert rows.loc["West", ["assessments", "plans"]].tolist() == [1, 0]


def test_the_public_is_given_nothing_by_locality():
    one = review("public")
    with pytest.raises(FindingError):
        localities.counts(one)
    with pytest.raises(FindingError):
        localities.after_assessment(one)
    assert localities.after_in_words(one) == localities.not_placed(None) == localities.NOT_FOR_ALL


def test_without_later_steps_nothing_is_followed():
    given = {name: one for name, one in tables().items() if name in ("referrals", "assessments", "children")}
    assert reached.followed(review(given=given)) is None
    assert "aren't known whole yet" in reached.in_words(review(given=given), None)


def test_every_measure_that_is_watched_exists():
    ids = [one for names in MEASURES.values() for one in names]
    assert set(ids) <= set(registry.indicators())
    assert len(ids) == len(set(ids))
    assert set(judged.HEADLINES) <= set(ids)


def contacts(latest: int, before: int) -> dict[str, pd.DataFrame]:
    """Contacts in July to September of 2018 and of 2017, and ten in each quarter between."""
    rows = [(f"a{n}", "2018-08-01", "6") for n in range(latest)] + [(f"b{n}", "2017-08-01", "6") for n in range(before)]
    rows += [
        (f"{day}{n}", day, "6")
        for day in ("2016-11-01", "2017-02-01", "2017-05-01", "2017-11-01", "2018-02-01", "2018-05-01")
        for n in range(10)
    ]
    return {"contacts": frame("child_id date source", *rows)}


def row(audience: str, latest: int, before: int) -> pd.Series:
    one = review(audience, contacts(latest, before))
    return judged.verdicts(one, judged.table(one)).set_index("indicator").loc["contact_count"]


def test_a_quarter_is_judged_on_the_months_that_the_years_do_not_share():
    # Sixty in the latest quarter beside thirty a year before, the rest alike: more than chance; forty beside thirty isn't.
    found = row("internal", 60, 30)
    assert (found["now"], found["quarter_ago"], found["quarter"]) == ("90", "60", "rose")
    assert row("internal", 40, 30)["quarter"] == "within chance"
    assert row("internal", 30, 60)["quarter"] == "fell"


def test_what_cannot_be_known_or_shown_has_no_verdict():
    one = review(
        "board", {"contacts": frame("child_id date source", ("a", "2018-08-01", "6"), ("b", "2016-11-01", "6"))}
    )
    found = judged.verdicts(one, judged.table(one)).set_index("indicator")
    assert found.loc["contact_count", ["now", "quarter"]].tolist() == ["c", "c"]
    assert found.loc["lac_count", ["now", "quarter"]].tolist() == ["–", "–"]


def test_words_say_how_many_changes_chance_alone_would_give():
    table = pd.DataFrame({"title": ["Contacts", "Referrals", "Plans"], "quarter": ["rose", "within chance", "c"]})
    said = judged.in_words(table, "quarter", pd.Timestamp("2018-06-30"))
    assert said == ("Of 2 measures that can be set beside June 2018, 1 changed by more than chance would give; of so many, about 1 would seem to "
                    "by chance alone. What rose: contacts.")  # fmt: skip
    assert "none has changed" in judged.in_words(
        table.assign(quarter="within chance"), "quarter", pd.Timestamp("2018-06-30")
    )
