"""An event or a rebase that somebody enters makes the reviews run again."""

from __future__ import annotations

import pytest

from analysis.pipeline import cache


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
