"""Which figures of an earlier edition a document binds, and what to bind where it doesn't."""

from __future__ import annotations

import pytest

from analysis.publishing.register import published_figures
from analysis.publishing.register.table import COLUMNS
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter

NOW = Quarter.parse("2018-19-Q2")
HEAD = ("figure,topic,measure,indicator,breakdown,category,quarter,period_start,period_end,statistic,against_quarter,published,"
        "numerator,denominator,decimals,agreement,comparator,comparator_value,note")  # fmt: skip
RATE = "referral_rate,,,2018-19-Q2,,,value,,616,,,0,exact,,,"
SUM = "early_help_programme_start_count,programme,Parent drop-in,2018-19-Q2,,,sum,2017-18-Q1,71,,,0,exact,,,"
PARTS = "lac_section20_live_percent,,,2017-18-Q4,,,numerator,,85,85,400,0,exact,,,"
FALL = "home_interventions_count,,,2018-19-Q2,,,change_percent,2016-17-Q2,-90,,,0,exact,,,"
DOUBLE = "early_help_hub_referral_count,,,2018-19-Q2,,,ratio,2017-18-Q2,2,,,1,almost,,,"
RISING = "cpp_count,,,2018-19-Q2,,,trend,2016-17-Q4,,,,0,rising,,,"
HIGH = "section47_rate,,,2018-19-Q2,,,value,,,,,0,high,,,"
IN_LINE = "lac_long_term_stability_percent,,,2018-19-Q2,,,value,,,,,0,in_line,England,,"
WELL_OVER = "lac_dental_check_percent,,,2018-19-Q2,,,value,,90,,,0,well_over,,,"
SPAN = "academy_start_count,,,2018-19-Q2,2018-08-01,2018-08-31,value,,8,,,0,exact,,,"
YEAR = "the year to 30 September 2018"


def value(indicator, period, number="", kind="value", **more):
    given = {"document": "self-assessment", "file": "report/sections/a.qmd", "line": "7", "kind": kind, "name": "a.b",
             "text": number, "indicator": indicator, "period": period, "value": number, "unit": "count"}  # fmt: skip
    return dict.fromkeys(COLUMNS, "") | given | more


def claim(name, verdict="holds"):
    indicator = name.split("indicator=")[1].split(";")[0]
    return value(indicator, "", kind="claim", name=name, verdict=verdict)


def binding(tmp_path, printed, *rows, values=None):
    (tmp_path / "929-then.csv").write_text(f"{HEAD}\nP01,topic,what it counts,{printed}\n", encoding="utf-8")
    (found,) = published_figures.bindings("929", "then", rows, NOW, values, tmp_path)
    return found


@pytest.mark.parametrize(
    ("printed", "rows"),
    [
        (RATE, [value("referral_rate", YEAR, "616.18")]),
        (SUM, [value("early_help_programme_start_count", "1 April 2017 to 30 September 2018", "71")]),
        (PARTS, [value("lac_section20_live_percent", "31 March 2018", "21.25", numerator="85", denominator="400")]),
        (PARTS, [value("lac_section20_live_percent", "31 March 2018", "85")]),
        (FALL, [value("home_interventions_count", "July to September 2018", "-90.2")]),
        (FALL, [value("home_interventions_count", "July to September 2018", "90.2")]),
        (FALL, [value("home_interventions_count", "the year to 30 September 2016", "100"), value("home_interventions_count", YEAR, "10")]),
        (DOUBLE, [value("early_help_hub_referral_count", "the year to 30 September 2017", "100"), value("early_help_hub_referral_count", YEAR, "190")]),
        (RISING, [claim("from=year_ago;indicator=cpp_count;says=rose")]),
        (RISING, [claim("from=2016-17-Q4;indicator=cpp_count;says=steady;to=2018-19-Q2")]),
        (HIGH, [claim("against=england;indicator=section47_rate;says=above")]),
        (HIGH, [value("section47_rate", YEAR, "203"), value("section47_rate", "the year to 31 March 2018", "167", comparator="england")]),
        (HIGH, [claim("against=england;indicator=section47_rate;says=above"), value("section47_rate", YEAR, "203")]),
        (IN_LINE, [claim("against=england;indicator=lac_long_term_stability_percent;says=in line with")]),
        (WELL_OVER, [claim("indicator=lac_dental_check_percent;says=at least;value=90")]),
        (SPAN, [value("academy_start_count", "August 2018", "8")]),
    ],
)  # fmt: skip
def test_a_figure_is_bound_by_what_says_the_same(tmp_path, printed, rows):
    found = binding(tmp_path, printed, *rows)
    assert found.bound
    assert not found.withheld
    assert found.uses[0].startswith("report/sections/a.qmd:7 ")


@pytest.mark.parametrize(
    ("printed", "row"),
    [
        (RATE, value("referral_rate", "the year to 30 September 2017", "616.18")),
        (RATE, value("referral_rate", YEAR, "617")),
        (RATE, value("referral_count", YEAR, "616")),
        (RATE, value("referral_rate", YEAR, "616", comparator="england")),
        (RATE, value("referral_rate", "", "616")),
        (RATE, claim("from=year_ago;indicator=referral_rate;says=rose")),
        (PARTS, value("lac_section20_live_percent", "31 March 2018", "21.2", numerator="84", denominator="400")),
        (PARTS, value("lac_section20_live_percent", "31 March 2018", "21.8", numerator="85", denominator="390")),
        (DOUBLE, value("early_help_hub_referral_count", YEAR, "190")),
        (RISING, claim("from=year_ago;indicator=cpp_count;says=fell")),
        (RISING, claim("from=year_ago;indicator=cpp_count;says=rose;to=last_year_end")),
        (RISING, claim("from=year_ago;indicator=cpp_count;says=rose", "does not hold: what is so is 'fell'")),
        (RISING, claim("by=locality;category=North;from=year_ago;indicator=cpp_count;says=rose")),
        (HIGH, value("section47_rate", YEAR, "203")),
        (WELL_OVER, claim("indicator=lac_dental_check_percent;says=at least;value=80")),
        (SPAN, value("academy_start_count", YEAR, "8")),
    ],
)  # fmt: skip
def test_nothing_else_binds_it(tmp_path, printed, row):
    assert not binding(tmp_path, printed, row).bound


@pytest.mark.parametrize(("verdict", "bound"), [("holds", True), ("does not hold: it isn't at least 90", False)])
def test_a_claim_about_a_reviews_value_binds_what_the_value_is(tmp_path, verdict, bound):
    item = {
        "indicator": "lac_section20_live_percent",
        "value": 21.25,
        "period": "31 March 2018",
        "numerator": 85,
        "denominator": 400,
    }
    row = value("a_review.share", "31 March 2018", "21.25", kind="claim", name="finding=a_review.share;says=at most;value=22",
                numerator="85", denominator="400", verdict=verdict)  # fmt: skip
    assert binding(tmp_path, PARTS, row, values={"a_review.share": item}).bound is bound


def test_what_an_audience_may_not_see_is_bound_and_told(tmp_path):
    found = binding(tmp_path, SPAN, value("academy_start_count", "August 2018", "", text="c"))
    assert found.bound
    assert found.withheld


@pytest.mark.parametrize(
    ("printed", "values", "told"),
    [
        (RATE, {"front_door.rate.now": {"indicator": "referral_rate", "value": 616.18, "period": YEAR}}, "bind {{< var front_door.rate.now >}}"),
        (RATE, {}, 'no review offers it: record a value with indicator="referral_rate" and a period that ends on 30 September 2018'),
        (SUM, {}, "(Parent drop-in, summed since 2017-18-Q1)"),
        (RISING, {}, 'make the claim {.claim indicator="cpp_count" from="2016-17-Q4" says="rose"}'),
        (HIGH, {}, 'against="england" says="above"'),
        ("no_such_count,,,2018-19-Q2,,,value,,8,,,0,exact,,,", {}, "there is no indicator 'no_such_count'"),
    ],
)  # fmt: skip
def test_what_to_bind_is_told(tmp_path, printed, values, told):
    assert told in binding(tmp_path, printed, values=values).missing


def test_a_publication_without_the_document_is_told(tmp_path):
    with pytest.raises(UserError, match="run: selfassess render self-assessment"):
        published_figures.uses(tmp_path)
    (tmp_path / "evidence.csv").write_text(",".join(COLUMNS) + "\n", encoding="utf-8-sig")
    with pytest.raises(UserError, match="says nothing of self-assessment"):
        published_figures.uses(tmp_path)
