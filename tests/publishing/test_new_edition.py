"""Another authority's narrative: prompts in place of words, figures named already, and a draft at once."""

from __future__ import annotations

import shutil

import fixtures
import pytest

from analysis.publishing import rendering
from analysis.publishing.narrative import prose
from analysis.publishing.new_edition import PROMPT, new_edition, prompted
from analysis.reference.project import UserError, Workspace

QUARTER = "2018-19-Q2"
SECTION = """Opening words about Northumberland.

### What do we know now from our quality assurance?

The rate was {{< var front_door.referral_rate.now >}} in the year to {{< meta moments.now >}}; elsewhere it was
{{< var front_door.referral_rate.england.figure >}} ({{< var front_door.referral_rate.england.words >}}).
[It rose]{.claim indicator="referral_rate" from="year_ago" says="rose"}. {{< var front_door.monthly_referrals_verdict >}}

{{< include /build/current/front-door/tbl-front-door-summary.md >}}

::: {.content-visible when-profile="internal"}
For officers, {{< var front_door.largest_source.percent >}}.
:::

::: {.content-visible when-profile="board"}
Nothing bound here.
:::

### Impact

Families notice.
"""


def test_a_section_keeps_what_it_names_and_loses_what_it_says():
    text = prompted(SECTION)
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        line for line in SECTION.split("\n") if line.startswith("#")
    ]
    assert text.count(f'title="{PROMPT}"') == 2
    for gone in ("Northumberland", "Families notice", "claim indicator", "For officers", 'when-profile="board"'):
        assert gone not in text
    assert "- Referrals per 10,000 children: {{< var front_door.referral_rate.now >}} ({{< meta moments.now >}}); {{< var front_door.referral_rate.england.figure >}} ({{< var front_door.referral_rate.england.words >}})\n" in text  # fmt: skip
    assert "- {{< var front_door.monthly_referrals_verdict >}}\n" in text
    assert "{{< include /build/current/front-door/tbl-front-door-summary.md >}}\n" in text
    internal = text[text.index('when-profile="internal"') :]
    assert internal.index("largest_source") < internal.index("\n:::")
    assert text.count(":::") == 2 * 2 + 2


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    into = tmp_path_factory.mktemp("edition") / "204"
    return new_edition(fixtures.ROOT, into, "204", QUARTER)


def test_it_is_a_project_for_another_authority(made):
    edition = (made.folder / "report" / "edition.toml").read_text(encoding="utf-8")
    assert 'authority = "204"\nquarter = "2018-19-Q2"\n' in edition
    assert "report/sections/front-door.qmd" in made.to_write
    assert "report/sections/introduction.qmd" in made.to_write
    assert "report/sections/glossary.qmd" not in made.to_write
    for name in made.to_write:
        text = (made.folder / name).read_text(encoding="utf-8")
        assert ".claim" not in text
        assert "Northumb" not in text


def test_every_value_that_the_sections_named_is_named_still(made):
    for name in made.to_write:
        before, after = ((home / name).read_text(encoding="utf-8") for home in (fixtures.ROOT, made.folder))
        wanted = set(prose.re.findall(r"\{\{< (?:var|include) [\w./-]+ >\}\}", before)) - {"words"}
        lost = {
            one
            for one in wanted - set(prose.re.findall(r"\{\{< (?:var|include) [\w./-]+ >\}\}", after))
            if ".words" not in one
        }
        assert not lost, name


def test_it_is_a_draft_at_once_and_no_more_than_one_while_a_prompt_stands(made, tmp_path):
    workspace = Workspace(data=tmp_path / "data", root=made.folder)
    folder = workspace.build / "findings" / "204" / QUARTER / "internal"
    for home in fixtures.every_review(folder):
        path = home / "findings.json"
        path.write_text(
            path.read_text(encoding="utf-8").replace('"authority": "929"', '"authority": "204"'), encoding="utf-8"
        )
    about = {
        "documents": ["self-assessment"],
        "formats": ["html"],
        "renderer": "portable",
        "judge": fixtures.Believing(),
    }
    drafted = rendering.render(workspace, "204", QUARTER, "internal", draft=True, **about)
    gates = {failure.gate for failure in drafted.failures}
    assert "prompts" in gates
    assert gates <= {"prompts", "acronyms"}, [
        str(one) for one in drafted.failures if one.gate not in ("prompts", "acronyms")
    ]
    page = (drafted.folder / "self-assessment.html").read_text(encoding="utf-8")
    assert "Tower Hamlets" in page or "Hackney" in page
    assert "What did you set out to do" in page
    assert "a prompt still stands here" in page


def test_nothing_is_overwritten_without_being_told_to(made, tmp_path):
    into = tmp_path / "again"
    shutil.copytree(made.folder, into)
    section = into / "report" / "sections" / "front-door.qmd"
    section.write_text("My own words.\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"is there already, and \d+ more; nothing was written"):
        new_edition(fixtures.ROOT, into, "204", QUARTER)
    assert section.read_text(encoding="utf-8") == "My own words.\n"
    new_edition(fixtures.ROOT, into, "204", QUARTER, force=True)
    assert "My own words." not in section.read_text(encoding="utf-8")


def test_in_the_project_itself_only_what_changes_is_written(tmp_path):
    root = fixtures.project(
        tmp_path / "root", "# Part\n\n{{< include sections/a.qmd >}}\n", a=SECTION, glossary="DfE\n:   Department.\n"
    )
    (root / "report" / "edition.toml").write_text('authority = "929"\nquarter = "2018-19-Q2"\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"report/edition\.toml|report/sections/a\.qmd"):
        new_edition(root, root, "204", "2018-19-Q3")
    assert (root / "report" / "sections" / "a.qmd").read_text(encoding="utf-8") == SECTION
    again = new_edition(root, root, "204", "2018-19-Q3", force=True)
    assert again.files == ("report/edition.toml", "report/sections/a.qmd")
    assert again.to_write == ("report/sections/a.qmd",)
