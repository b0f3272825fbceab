"""report/priorities.yml is read strictly: what is right comes out as it is, what is wrong is told with file and line."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from analysis.publishing.narrative import bare_figures, prose
from analysis.reference.project import ROOT, UserError
from analysis.reference.quarters import Quarter
from analysis.reviews.priorities import entries, progress

GOOD = """\
authority: "929"
entered: 2018-11-30
priorities:
  - id: demand
    title: Managing demand
    why: Families are better helped sooner.
    owner: head of safeguarding
    progress: in progress
    done:
      - We opened a hub.
      - what: We moved work to early help.
        since: 2018-02
        impact:
          - {indicator: caseload_mean, meant_to: fall, before: year_ago, after: now}
    seen: [Audits say so.]
    next:
      - Go on.
"""


def read(tmp_path, text):
    path = tmp_path / "priorities.yml"
    path.write_text(text, encoding="utf-8")
    return entries.plan(path)


def test_what_is_right_comes_out_as_it_is(tmp_path):
    plan = read(tmp_path, GOOD)
    assert (plan.authority, plan.entered) == ("929", dt.date(2018, 11, 30))
    (one,) = plan.priorities
    assert (one.id, one.title.text, one.title.line, one.progress) == ("demand", "Managing demand", 5, "in progress")
    assert [action.what.text for action in one.done] == ["We opened a hub.", "We moved work to early help."]
    (impact,) = one.impact
    assert (impact.indicator, impact.meant_to, impact.line) == ("caseload_mean", "fall", 14)
    assert impact.quarters(Quarter(2018, 2)) == (Quarter(2017, 2), Quarter(2018, 2))
    assert [words.text for words in (*one.seen, *one.next)] == ["Audits say so.", "Go on."]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("progress: in progress", "progress: amber", r":8: 'amber' is no level of progress; use not achieved, in progress"),
        ("owner: head of safeguarding", "owner: Jane Smith", r":7: 'Jane Smith' isn't a role .* never a person's name"),
        ("owner: head of safeguarding", "owner: head@example.org", r":7: .* isn't a role"),
        ("caseload_mean", "caseload_meen", r":14: there is no indicator 'caseload_meen'; did you mean caseload_mean\?"),
        ("meant_to: fall", "meant_to: improve", r":14: 'improve' is no direction; use rise, fall, hold"),
        ("before: year_ago, after: now", "before: now, after: year_ago", r":14: 'before' \(now\) must be earlier"),
        ("before: year_ago", "before: last_spring", r":14: 'last_spring' is no moment; use now, quarter_ago"),
        ("    why: Families are better helped sooner.\n", "", r":4: a priority has no 'why'; add it"),
        ("    why:", "    reason:", r":6: 'reason' is no field of a priority; use id, title"),
        ("    why:", "    title: Again\n    why:", r":6: 'title' is there twice; keep one"),
        ("since: 2018-02", "since: 2018-13", r":12: '2018-13' is no month"),
        ("id: demand", "id: Demand!", r":4: 'Demand!' is no id"),
        ('authority: "929"', "authority: 929", r":1: write the authority's three-digit code in quotation marks"),
        ("entered: 2018-11-30", "entered: last week", r":2: 'last week' is no day"),
        ("next:\n      - Go on.", "next: []", r":16: list what is next here"),
        ("title: Managing demand", "title: yes", r":5: write words here"),
        ("title: Managing demand", "title: &x Managing demand", r":5: .* anchors"),
        ("title: Managing demand", "title: !!python/name:os.system ''", r":5: .* tags"),
        ("  - id: demand", "\t- id: demand", r":4: can't be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(tmp_path, old, new, told):
    assert GOOD.count(old) == 1
    with pytest.raises(UserError, match=rf"(?m)^report/priorities\.yml{told}"):
        read(tmp_path, GOOD.replace(old, new))


def test_every_mistake_is_told_at_once_in_order_of_line(tmp_path):
    wrong = GOOD.replace("in progress", "amber").replace("caseload_mean", "nothing").replace("id: demand", "id: D")
    with pytest.raises(UserError) as caught:
        read(tmp_path, wrong)
    assert [int(line) for line in re.findall(r"yml:(\d+):", str(caught.value))] == [4, 8, 14]


def test_an_id_stands_once(tmp_path):
    again = GOOD[GOOD.index("  - id") :]
    with pytest.raises(UserError, match=r":18: the id 'demand' is there already, on line 4"):
        read(tmp_path, GOOD + again)


def test_no_file_is_no_plan_and_an_empty_one_a_mistake(tmp_path):
    assert entries.plan(tmp_path / "none.yml") is None
    with pytest.raises(UserError, match=r":1: is empty"):
        read(tmp_path, "# nothing yet\n")


def test_each_level_has_words_and_a_shape_of_its_own():
    assert (
        len({progress.SHAPES[one] for one in entries.LEVELS})
        == len({progress.IN_FULL[one] for one in entries.LEVELS})
        == 4
    )
    assert [progress.SHAPES[one].count("■") for one in entries.LEVELS] == [0, 1, 2, 3]
    assert all(
        progress.IN_FULL[one] in progress.key() and progress.SHAPES[one] in progress.key() for one in entries.LEVELS
    )


def test_our_own_priorities_can_be_read_and_type_no_figure():
    policy = bare_figures.policy(ROOT)
    for words in entries.plan().texts():
        found = list(bare_figures.bare_figures(prose.prose("report/priorities.yml", words.text), policy))
        assert not found, f"report/priorities.yml:{words.line}: {found[0].text}"
