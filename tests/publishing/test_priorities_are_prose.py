"""What people write in report/priorities.yml is held to the rule of narrative: no figure is typed."""

from __future__ import annotations

from types import SimpleNamespace

from analysis.publishing.gates import bare_figures

TEXT = """\
authority: "929"
entered: 2018-11-30
priorities:
  - id: demand
    title: Managing demand
    why: Since February 2018 families are better helped sooner.
    owner: head of safeguarding
    progress: in progress
    seen:
      - Audits found that 82% were helped.
    next: [Go on.]
"""


def test_a_typed_figure_is_caught_with_file_and_line(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "priorities.yml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "report" / "allowed-numbers.toml").write_text(
        """[[allowed]]\npattern = '\\b(?:19|20)\\d\\d\\b'\nexample = "2018"\nreason = "A year."\n""", encoding="utf-8"
    )
    context = SimpleNamespace(home=tmp_path, promoted=SimpleNamespace(texts={}))
    (found,) = bare_figures.failures(context)
    assert str(found).startswith("report/priorities.yml:10: '82%' is typed; name the indicator under 'impact'")
