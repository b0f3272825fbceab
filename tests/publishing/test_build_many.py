"""A build of several quarters makes what it can, and tells every reason for what it can't."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from analysis.publishing import build
from analysis.publishing.gates import Failure
from analysis.publishing.rendering import NotAllPublished, NotPublished
from analysis.reference.project import Workspace
from analysis.reference.quarters import Quarter

QUARTERS = [Quarter.parse("2017-18-Q2"), Quarter.parse("2018-19-Q2")]
FALSE = Failure("claims", "report/sections/a.qmd", 3, "the claim doesn't hold")


@pytest.fixture
def rendered(monkeypatch, tmp_path):
    """Renders nothing, refuses what it is told to, and says what was asked for."""
    asked, refuse = [], set()

    def render(workspace, authority, quarter, audience, **given):
        asked.append((str(quarter), audience))
        if (str(quarter), audience) in refuse:
            raise NotPublished([FALSE])
        folder = workspace.published / str(quarter) / audience
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(
            '{"outputs": {}, "failures": ["a.qmd:3: no longer so"]}', encoding="utf-8"
        )

    monkeypatch.setattr(build.rendering, "render", render)
    monkeypatch.setattr(build.rendering, "promote_current", lambda *given: None)
    monkeypatch.setattr(build, "run_reviews", lambda *given, **more: ())
    monkeypatch.setattr(build, "identifiers", lambda known: frozenset())
    monkeypatch.setattr(build.History, "open", lambda *given: SimpleNamespace(known_by=lambda quarter: None))
    workspace = Workspace(data=tmp_path / "data")

    def run(quarters=QUARTERS, audiences=("public",), but=()):
        refuse.update(but)
        return build.build(workspace, "929", quarters, audiences, jobs=1, renderer="portable"), asked

    return run, asked


def test_what_is_refused_does_not_keep_back_the_rest(rendered):
    run, asked = rendered
    with pytest.raises(NotAllPublished) as refused:
        run(audiences=("public", "board"), but={("2017-18-Q2", "public"), ("2018-19-Q2", "board")})
    assert asked == [(str(quarter), audience) for quarter in QUARTERS for audience in ("public", "board")]
    assert str(refused.value).splitlines() == [
        "2017-18-Q2, public: nothing was published: 1 checks fail",
        "  report/sections/a.qmd:3: the claim doesn't hold",
        "2018-19-Q2, board: nothing was published: 1 checks fail",
        "  report/sections/a.qmd:3: the claim doesn't hold",
    ]


def test_one_publication_that_is_refused_is_told_plainly(rendered):
    run, _ = rendered
    with pytest.raises(NotPublished, match=r"^nothing was published: 1 checks fail"):
        run(QUARTERS[:1], but={("2017-18-Q2", "public")})


def test_what_is_no_longer_so_is_listed_also_where_nothing_is_new(rendered):
    run, asked = rendered
    for _ in range(2):
        outcome, _ = run(QUARTERS[:1])
        assert outcome.status == 0
        assert outcome.published[0].no_longer_so == ("a.qmd:3: no longer so",)
        assert "  a.qmd:3: no longer so" in outcome.lines(str)
    assert len(asked) == 1
