"""A review made from the template is held to its page as any other is, and passes at once."""

from __future__ import annotations

import shutil

import findings_page
import pytest
import test_area_reviews
from findings_page import INVENTED_NOW

from analysis.findings import metadata
from analysis.pipeline.new_review import PAGE, new_review
from analysis.pipeline.reviews import find_reviews
from analysis.reference.project import ROOT, UsageError, UserError

NAME = "short-breaks"


@pytest.fixture
def project(tmp_path, monkeypatch, here):
    """A project of which tests take the notebooks and the page, so that nothing of ours is touched."""
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns(".*"))
    (tmp_path / "docs").mkdir()
    shutil.copyfile(PAGE, tmp_path / "docs" / "findings.md")
    monkeypatch.setattr(findings_page, "ROOT", tmp_path)
    monkeypatch.setitem(here.__globals__, "ROOT", tmp_path)
    return tmp_path


def make(project, name=NAME, **about):
    return new_review(name, folder=project / "notebooks", page=project / "docs" / "findings.md", **about)


@pytest.mark.parametrize(
    "indicators", [[], ["cpp_seen_alone_percent", "lac_rate"], ["caseload_mean"]], ids=["usual", "two", "uncompared"]
)
@pytest.mark.parametrize(("quarter", "audience"), [("2015-16-Q1", "public"), (str(INVENTED_NOW), "internal")])
def test_it_gives_what_its_page_says(project, two_years, here, indicators, quarter, audience, monkeypatch):
    path = make(project, indicators=indicators, title='What "short breaks" are TITLE for', question="Who gets them?")
    monkeypatch.setenv("SELFASSESS_NOTEBOOKS", str(project / "notebooks"))
    assert path == project / "notebooks" / f"{NAME}.ipynb"
    test_area_reviews.test_an_area_gives_what_its_page_says(two_years, here, NAME, quarter, audience)


def test_it_is_found_after_the_areas_and_is_short(project):
    make(project)
    found = find_reviews(project / "notebooks")
    (new,) = [review for review in found if review.name == NAME]
    assert [review.name for review in found][-2:] == [NAME, "data-quality"]
    assert (new.title, new.question) == ("Short breaks", "What do the records say about short breaks?")
    assert all(len(metadata.source_of(cell).splitlines()) <= 30 for cell in new.cells)
    assert dict(new.parameters) == {"authority": "929", "quarter": "2018-19-Q2", "audience": "internal"}
    assert "comparators" in "".join(metadata.source_of(cell) for cell in new.cells)


def test_nothing_that_is_there_is_touched(project):
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    for name, error, told in (
        ("front-door", UserError, "there is a review 'front-door' already"),
        ("Front Door", UserError, "is no name for a review"),
    ):
        with pytest.raises(error, match=told):
            make(project, name)
    with pytest.raises(UsageError):
        make(project, indicators=["no_such_measure"])
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before
