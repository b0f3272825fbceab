"""An event or a rebase that somebody enters makes the reviews run again."""

from __future__ import annotations

import pytest

from analysis.pipeline import cache
from analysis.pipeline.plan import Job
from analysis.reference.project import ROOT


@pytest.mark.parametrize("which", ["EVENTS", "REBASES"])
def test_a_changed_entry_changes_the_key(which, tmp_path, monkeypatch):
    entered = tmp_path / "report" / "entries.toml"
    entered.parent.mkdir()
    monkeypatch.setattr(cache, which, entered)
    monkeypatch.setattr(cache, "_digest", lambda paths: sorted(p.read_bytes() for p in paths if tmp_path in p.parents))
    keys = []
    for text in (None, "# nothing yet\n", '[[event]]\nauthority = "929"\n'):
        if text is not None:
            entered.write_text(text, encoding="utf-8")
        cache._code.cache_clear()
        keys.append(str(cache._code()))
    cache._code.cache_clear()
    assert len(set(keys)) == 3


@pytest.mark.parametrize(("review", "again"), [("priorities", True), ("front-door", False)])
def test_changed_priorities_make_the_review_of_priorities_run_again_and_no_other(review, again, tmp_path, monkeypatch):
    notebook = ROOT / "notebooks" / f"{review}.ipynb"
    job = Job(notebook, review, "929", "2018-19-Q2", "public", (), (), (), tmp_path, tmp_path)
    entered = tmp_path / "priorities.yml"
    monkeypatch.setattr(cache, "PRIORITIES", entered)
    monkeypatch.setattr(cache, "_digest", lambda paths: str([path.read_bytes() for path in paths]))
    monkeypatch.setattr(cache, "_code", lambda: "")
    keys = []
    for text in ("# nothing yet", "# something"):
        entered.write_text(text, encoding="utf-8")
        keys.append(cache.key_of(job))
    assert (keys[0] != keys[1]) == again
