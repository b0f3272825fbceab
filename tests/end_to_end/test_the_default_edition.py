"""The default edition itself, made once from the invented returns: every figure that was printed in 2018 is bound in it.

It takes minutes, so it is run when asked for: SELFASSESS_WHOLE_EDITION=1 python -m pytest tests/end_to_end/test_the_default_edition.py
"""

from __future__ import annotations

import json
import os

import pytest

from analysis.cli import main

QUARTER = "2018-19-Q2"


def run(capsys, *arguments) -> tuple[int, str]:
    status = main([str(one) for one in arguments])
    said = capsys.readouterr()
    return status, said.out or said.err


@pytest.mark.end_to_end
@pytest.mark.skipif("SELFASSESS_WHOLE_EDITION" not in os.environ, reason="takes minutes; set SELFASSESS_WHOLE_EDITION")
def test_every_published_figure_is_bound_in_the_edition_that_officers_get(tmp_path, capsys):
    data = ["--data", tmp_path / "data"]
    about = ["--quarter", QUARTER, "--audience", "internal", *data]
    for step in (["simulate", *data], ["ingest", *data], ["review", *about],
                 ["render", "self-assessment", "--to", "html", "--renderer", "portable", *about]):  # fmt: skip
        status, said = run(capsys, *step)
        assert status == 0, said
    status, said = run(capsys, "published", "--bound", "--json", *about)
    rows = json.loads(said)
    assert len(rows) > 70
    assert [f"{row['figure']}: {row['to_do']}" for row in rows if not row["bound"]] == []
    assert status == 0
