"""Faults planted one at a time in a publication that passes: each stops it, with the file and the line."""

from __future__ import annotations

import shutil

import fixtures
import pytest

from analysis.publishing import rendering
from analysis.publishing.rendering import NotPublished
from analysis.publishing.sources import SourceFaults
from analysis.reference.project import Workspace

QUARTER = "2018-19-Q2"
FILE = "report/sections/a.qmd"
NAMES = {"values": [], "statements": [], "figures": ["fig-front-door-rate"], "tables": []}
VALUES = {
    "rate.now": {"text": "616.2", "value": 616.2, "unit": "rate_per_10000", "title": "Referrals", "period": "the year to 30 September 2018"},
    "rate.england.figure": {"text": "553.0", "value": 553, "unit": "rate_per_10000", "title": "Referrals: England", "period": "2017-18",
                            "comparator": {"against": "england", "label": "2017-18", "year": 2018, "measure": "referral_rate",
                                           "release": "first", "published": None, "local": []}},
    "rate.england.words": {"text": "England 2017-18", "value": None, "unit": "text"},
}  # fmt: skip
HEAD = "---\ntitle: {title}\n---\n\n# Part\n\n{{{{< include sections/{section}.qmd >}}}}\n\n# Glossary\n\n{{{{< include sections/glossary.qmd >}}}}\n"
GLOSSARY = "::: {.glossary}\nMASH\n:   Multi-Agency Safeguarding Hub.\n:::\n"
# The lines are counted: each fault is planted at one of them.
SECTION = """The MASH decides what comes next (@fig-front-door-rate).

The rate was {{< var front_door.rate.now >}}.
[More came than a year ago]{.claim indicator="referral_count" from="year_ago" says="rose"}.

Elsewhere it was {{< var front_door.rate.england.figure >}}
({{< var front_door.rate.england.words >}}).

{{< include /build/current/front-door/fig-front-door-rate.md >}}
"""
FAULTS = {
    "a typed figure": ("The rate was {{< var front_door.rate.now >}}.", "The rate was 616.2.", 3, "'616.2' is typed; name the finding, {{< var front_door.rate.now >}}"),
    "a false claim": ('"referral_count"', '"contact_count"', 4, 'the claim "More came than a year ago"'),
    "a comparator of another year": ("Elsewhere it was", "Elsewhere in 2016-17 it was", 6, "the paragraph speaks of 2016-17, and front_door.rate.england.figure is of 2017-18"),
    "a comparator without its year": ("\n({{< var front_door.rate.england.words >}})", "", 6, "stands without its year and what sets it apart"),
    "an unresolved reference": ("@fig-front-door-rate", "@fig-front-door-rates", 1, "the reference @fig-front-door-rates leads nowhere"),
    "an undefined acronym": ("decides", "and the LADO decide", 1, "the acronym LADO isn't in the glossary"),
    "a value that no longer exists": ("front_door.rate.now", "front_door.rate.then", 3, "there is no value named 'front_door.rate.then'"),
    "a figure that no longer exists": ("fig-front-door-rate.md", "fig-front-door-trend.md", 9, "the review front-door gives nothing called 'fig-front-door-trend'"),
    "a prompt that nobody answered": ("The rate was", '::: {.callout-tip title="To write"}\nWhat?\n:::\n\nThe rate was', 3, "a prompt still stands here"),
    "an acronym that nothing uses": ("The MASH decides", "We decide", 2, "the acronym MASH is defined"),
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path):
    root = fixtures.project(
        tmp_path / "root",
        HEAD.format(title="First", section="plain"),
        glossary=GLOSSARY,
        plain="The hub is in the next.\n",
    )
    shutil.copyfile(fixtures.ROOT / "report" / "allowed-numbers.toml", root / "report" / "allowed-numbers.toml")
    (root / "report" / "second.qmd").write_text(HEAD.format(title="Second", section="a"), encoding="utf-8")
    (root / FILE).write_text(SECTION, encoding="utf-8")
    made = Workspace(data=tmp_path / "data", root=root)
    fixtures.findings(made.build / "findings" / "929" / QUARTER / "internal", "front-door", names=NAMES, values=VALUES)
    return made


def publish(workspace):
    judge = fixtures.Believing("contact_count")
    return rendering.render(workspace, "929", QUARTER, "internal", formats=["html"], renderer="portable", judge=judge)


def test_without_a_fault_both_documents_are_published(workspace):
    assert {"self-assessment.html", "second.html"} <= {path.name for path in publish(workspace).paths}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_everything_and_says_where(workspace, fault):
    old, new, line, told = FAULTS[fault]
    assert old in SECTION
    (workspace.root / FILE).write_text(SECTION.replace(old, new), encoding="utf-8")
    file = "report/sections/glossary.qmd" if "nothing uses" in fault else FILE
    with pytest.raises(NotPublished) as stopped:
        publish(workspace)
    lines = [str(failure) for failure in stopped.value.failures]
    assert any(one.startswith(f"{file}:{line}: ") and told in one for one in lines), lines
    assert not (workspace.published / QUARTER / "internal").exists()


def test_a_picture_without_words_stops_it_too(workspace):
    """A draft as well: nobody could read it aloud."""
    text = SECTION.replace(
        "{{< include /build/current/front-door/fig-front-door-rate.md >}}",
        "![A rate](charts/drawn-by-hand){#fig-front-door-rate}",
    )
    (workspace.root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(SourceFaults, match=rf"{FILE}:9: this image has no alternative text"):
        publish(workspace)
