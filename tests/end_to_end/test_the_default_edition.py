"""The default edition itself, made once from the invented returns: every figure that was printed in 2018 is bound in it."""

from __future__ import annotations

import json

import pytest

from analysis.cli import main

QUARTER = "2018-19-Q2"


def run(capsys, *arguments) -> tuple[int, str]:
    status = main([str(one) for one in arguments])
    said = capsys.readouterr()
    return status, said.out or said.err


@pytest.mark.end_to_end
def test_every_published_figure_is_bound_in_the_edition_that_the_public_gets(tmp_path, capsys):
    data = ["--data", tmp_path / "data"]
    about = ["--quarter", QUARTER, "--audience", "public", *data]
    for step in (["simulate", *data], ["ingest", *data], ["review", *about],
                 ["render", "self-assessment", "--to", "html", "--renderer", "portable", *about]):  # fmt: skip
        status, said = run(capsys, *step)
        assert status == 0, said
    status, said = run(capsys, "published", "--bound", "--json", *about)
    rows = json.loads(said)
    assert len(rows) > 70
    assert [f"{row['figure']}: {row['to_do']}" for row in rows if not row["bound"]] == []
    assert status == 0
