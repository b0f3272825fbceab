"""The register of evidence: a row a use, safe in a spreadsheet, and an appendix that says the same."""

from __future__ import annotations

import csv
import io
import json

import fixtures
import pytest

from analysis.publishing import reading, rendering
from analysis.publishing.findings_folders import Review
from analysis.publishing.register import entries, table
from analysis.publishing.rendering import NotPublished
from analysis.reference.project import Workspace

QUARTER = "2018-19-Q2"
NAMES = {"values": [], "statements": [], "figures": [], "tables": []}
VALUES = {
    "rate.now": {"text": "616.2", "value": 616.2, "unit": "rate_per_10000", "indicator": "referral_rate", "title": "Referrals per 10,000 children",
                 "definition": "Referrals, for each 10,000.", "period": "the year to 30 September 2018", "numerator": 3635, "denominator": 58994,
                 "lower": 596.3, "upper": 636.5, "source": "Annex A"},
    "rate.england.figure": {"text": "553.0", "value": 553, "unit": "rate_per_10000", "indicator": "referral_rate", "source": "As first published",
                            "title": "Referrals per 10,000 children: England", "period": "the year to 31 March 2018",
                            "comparator": {"against": "england", "label": "2017-18", "release": "first", "measure": "referral_rate",
                                           "year": 2018, "published": None, "local": []}},
    "rate.england.words": {"text": "England 2017-18; ours to 30 September 2018", "value": None, "unit": "text"},
    "few.now": {"text": "c", "value": None, "unit": "count", "title": "Few", "period": "30 September 2018", "numerator": None, "denominator": None},
    "formula": {"text": "=HYPERLINK(\"x\")", "value": None, "unit": "text", "title": "@SUM(1)", "period": ""},
}  # fmt: skip
DOCUMENT = """---
title: Trial
---

# Part

The rate was {{< var front_door.rate.now >}}, beside {{< var front_door.rate.england.figure >}}
({{< var front_door.rate.england.words >}}).

Few were {{< var front_door.few.now >}} and {{< var front_door.formula >}}; again {{< var front_door.rate.now >}}.
[More came]{.claim indicator="referral_count" from="year_ago" says="rose"}. {{< var front_door.verdict >}}

# Register

::: {.evidence-register}
Where each comes from.
:::
"""


def workspace(folder, document=DOCUMENT):
    made = Workspace(data=folder / "data", root=fixtures.project(folder / "root", document))
    home = made.build / "findings" / "929" / QUARTER / "internal"
    verdict = {
        "verdict": "Referrals have varied as usual over the last six months, around 301.7 a month: no sign of a change."
    }
    fixtures.findings(home, "front-door", names=NAMES, values=VALUES, statements=verdict)
    return made


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    made = workspace(tmp_path_factory.mktemp("register"))
    return rendering.render(made, "929", QUARTER, "internal", renderer="portable", judge=fixtures.Believing())


def rows_of(published):
    raw = (published.folder / "evidence.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel knows UTF-8 by its byte order mark"
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_there_is_a_row_a_use_with_file_and_line(published):
    rows = [row for row in rows_of(published) if row["document"] == "self-assessment"]
    told = [(row["line"], row["kind"], row["name"]) for row in rows]
    assert told == [
        ("7", "value", "front_door.rate.now"),
        ("7", "value", "front_door.rate.england.figure"),
        ("8", "value", "front_door.rate.england.words"),
        ("10", "value", "front_door.few.now"),
        ("10", "value", "front_door.formula"),
        ("10", "value", "front_door.rate.now"),
        ("11", "claim", "from=year_ago;indicator=referral_count;says=rose"),
        ("11", "sentence", "front_door.verdict"),
    ]
    assert {row["file"] for row in rows} == {"report/self-assessment.qmd"}


def test_a_row_says_all_that_stands_behind_a_figure(published):
    first, england, *_ = rows_of(published)
    assert first | {"line": ""} == {
        "document": "self-assessment", "file": "report/self-assessment.qmd", "line": "", "kind": "value", "name": "front_door.rate.now",
        "text": "616.2", "indicator": "referral_rate", "title": "Referrals per 10,000 children", "definition": "Referrals, for each 10,000.",
        "period": "the year to 30 September 2018", "value": "616.2", "unit": "rate_per_10000", "numerator": "3635", "denominator": "58994",
        "lower": "596.3", "upper": "636.5", "comparator": "", "comparator_period": "", "comparator_release": "", "source": "Annex A",
        "notebook": "notebooks/front-door.ipynb", "delivery": QUARTER, "delivery_id": "b" * 16, "verdict": "", "data_say": "",
    }  # fmt: skip
    assert (england["comparator"], england["comparator_period"], england["comparator_release"]) == (
        "england",
        "2017-18",
        "first",
    )


def test_a_claim_has_its_verdict_and_a_withheld_figure_no_number(published):
    rows = {row["name"]: row for row in rows_of(published)}
    assert rows["from=year_ago;indicator=referral_count;says=rose"]["verdict"] == "holds"
    assert (rows["front_door.few.now"]["text"], rows["front_door.few.now"]["value"]) == ("c", "")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1"])
def test_nothing_runs_as_a_formula(text):
    (_, row) = csv.reader(io.StringIO(table.text([{"text": text}]), newline=""))
    assert row[table.COLUMNS.index("text")].startswith("'")


def test_the_appendix_has_a_row_a_measure_in_every_format(published):
    for to in rendering.FORMATS:
        text = " ".join(reading.pages(published.folder / f"self-assessment.{to}"))
        assert "Referrals per 10,000 children 616.2 (the year to 30 September 2018: 3,635 of 58,994)" in " ".join(
            text.split()
        )
        assert "553.0 (England, the year to 31 March 2018)" in " ".join(text.split())
        assert "“Referrals have varied as usual over the last six" in " ".join(text.split())
        assert "“More came” What it is about: rose" in " ".join(text.split())


def test_each_bound_figure_on_the_page_leads_to_its_line(published):
    page = reading.html(published.folder / "self-assessment.html")
    led = {link[1:] for link in page.links if link.startswith("#evidence-")}
    assert "evidence-front-door-rate-now" in led
    assert len(led) == 6
    assert led <= set(page.ids)


def test_the_register_is_linked_counted_in_the_manifest_and_searched_for_identifiers(published, tmp_path):
    assert "evidence.csv" in reading.html(published.folder / "index.html").links
    manifest = json.loads((published.folder / "manifest.json").read_text(encoding="utf-8"))
    assert "evidence.csv" in manifest["outputs"]
    home = workspace(tmp_path)
    path = home.build / "findings" / "929" / QUARTER / "internal" / "front-door" / "findings.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"Referrals, for each 10,000."', '"Such as SIM004217."'),
        encoding="utf-8",
    )
    with pytest.raises(NotPublished, match=r"evidence\.csv: holds the identifier of a simulated child"):
        rendering.render(
            home, "929", QUARTER, "internal", renderer="portable", judge=fixtures.Believing(), formats=["docx"]
        )


def test_narrative_for_another_edition_is_a_draft_that_lists_what_is_no_longer_so(tmp_path):
    made = workspace(tmp_path)
    given = {"renderer": "portable", "formats": ["html"], "judge": fixtures.Believing("referral_count")}
    with pytest.raises(NotPublished, match=r"self-assessment\.qmd:11: the claim \"More came\""):
        rendering.render(made, "929", QUARTER, "internal", **given)
    edition = made.root / "report" / "edition.toml"
    edition.write_text('authority = "929"\nquarter = "2016-17-Q2"\n', encoding="utf-8")
    draft = rendering.render(made, "929", QUARTER, "internal", **given)
    assert [(failure.gate, failure.line) for failure in draft.failures] == [("claims", 11)]
    text = " ".join(reading.pages(draft.folder / "self-assessment.html"))
    assert "More came [?claim]" in text
    assert "DRAFT – not checked" in text
    edition.write_text(edition.read_text(encoding="utf-8").replace("2016-17-Q2", QUARTER), encoding="utf-8")
    with pytest.raises(NotPublished):
        rendering.render(made, "929", QUARTER, "internal", **given)


def test_what_else_fails_stops_any_edition(tmp_path):
    made = workspace(tmp_path, DOCUMENT.replace("again", "again 43 children"))
    (made.root / "report" / "edition.toml").write_text('authority = "1"\nquarter = "x"\n', encoding="utf-8")
    with pytest.raises(NotPublished, match=r"self-assessment\.qmd:10: '43' is typed"):
        rendering.render(
            made, "929", QUARTER, "internal", renderer="portable", formats=["html"], judge=fixtures.Believing()
        )


def test_claims_are_not_taken_on_trust(tmp_path):
    with pytest.raises(NotPublished, match="no records were at hand to test it on"):
        rendering.render(workspace(tmp_path), "929", QUARTER, "internal", renderer="portable", formats=["html"])


def test_counts_are_told_only_where_both_may_be():
    assert entries.basis({"numerator": 1200, "denominator": 5000.0, "unit": "percent"}) == "1,200 of 5,000"
    assert entries.basis({"numerator": None, "denominator": 5000, "unit": "percent"}) == ""
    review = Review("front-door", fixtures.ROOT, "Front door", "929", QUARTER, "public", True)
    assert entries.of_findings([review]) == {}
