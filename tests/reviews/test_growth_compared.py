"""Section 7 of the growth review: where we stand among all authorities, answered from published figures alone."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.disclosure import AUDIENCES
from analysis.findings import Review, bundle, funnels
from analysis.records.history import Known
from analysis.reference import project
from analysis.reference.quarters import Quarter
from analysis.reviews.growth import compared


def fields(authority="929", end=dt.date(2018, 9, 30)):
    return {one.stem: funnels.field(one.indicator, authority, end) for one in compared.QUESTIONS}


def test_the_answer_names_the_measures_outside_chance_and_no_cause():
    said = compared.in_words(fields())
    assert "differs from England by more than chance on plans starting (above) and plans open (above)" in said
    assert "with their usual differences allowed for it doesn't on any that can be judged so" in said
    assert said.endswith("A difference says nothing of its cause, nor which figure is the right one.")


def test_an_authority_near_england_is_not_made_to_differ():
    for code, found in ((one, fields(one)) for one in ("380", "886", "301")):
        beyond = [
            stem
            for stem, field in found.items()
            if field.place is not None and abs(field.funnel.beyond[field.place]) == 2
        ]
        said = compared.in_words(found)
        assert ("On none of the" in said) == (not beyond), code


def test_before_anything_was_published():
    said = compared.in_words(fields(end=dt.date(2010, 6, 30)))
    assert said.startswith("No published figures")


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize(
    ("authority", "quarter"), [("929", "2018-19-Q2"), ("420", "2018-19-Q2"), ("929", "2010-11-Q1")]
)
def test_names_never_depend_on_the_data(audience, authority, quarter):
    shown, now = [], Quarter.parse(quarter)
    known = Known.from_tables({}, kinds=["annex_a"], quarter=now)
    review = Review(compared.NAME, project.authority(authority), now, audience, known, show=shown.append)
    compared.record(review)
    items = [item for data in shown for item in data.get(bundle.FINDINGS, {"items": []})["items"]]
    names = {item.get("name") or item["label"] for item in items}
    stems = [one.stem for one in compared.QUESTIONS]
    assert names == {
        *compared.DRAWN.values(), "tbl-child-protection-growth-among-others", "among_others", *(f"{s}_among_others" for s in stems),
        *(f"{s}.among_others.{part}" for s in stems for part in ("authorities", "beyond_chance", "beyond_usual", "position")),
    }  # fmt: skip
