"""Sources are read with includes in place, and what isn't supported is refused by name, file and line."""

import fixtures
import pytest

from analysis.publishing import portable, sources
from analysis.publishing.promote import promote
from analysis.publishing.sources import SourceFaults

HEAD = "---\ntitle: Trial\n---\n"


@pytest.fixture
def made(tmp_path):
    def make(document, **included):
        home = fixtures.project(tmp_path / "home", document, **included)
        names = {
            "values": ["mean"],
            "statements": [],
            "figures": ["fig-front-door-rate"],
            "tables": ["tbl-front-door-sums"],
        }
        promote([fixtures.findings(tmp_path / "found", "front-door", names=names)], home / "build" / "current")
        return home

    return make


def render(home, to="html"):
    return portable.render(home, "report/self-assessment.qmd", to, "internal", home / "out" / f"made.{to}")


def test_each_line_knows_where_it_came_from(made):
    home = made(
        HEAD + "one\n\n{{< include sections/a.qmd >}}\n\nlast\n",
        a="two\n\n{{< include sections/b.qmd >}}\n",
        b="three\n",
    )
    source = sources.read("report/self-assessment.qmd", home)
    told = {line.text: (line.file, line.number) for line in source.lines if line.text}
    assert told == {
        "one": ("report/self-assessment.qmd", 4),
        "two": ("report/sections/a.qmd", 1),
        "three": ("report/sections/b.qmd", 1),
        "last": ("report/self-assessment.qmd", 8),
    }


UNSUPPORTED = {
    "{{< embed x.ipynb#fig-x >}}": "the shortcode 'embed' is not supported",
    "{{< pagebreak >}}": "the shortcode 'pagebreak' is not supported",
    "see {{< include sections/a.qmd >}}": "an include must stand alone on its line",
    "{{{< var x >}}}": "an escaped shortcode is not supported",
    "`{{< var front_door.mean >}}`": "a shortcode inside code is not supported",
    "{{< var a b >}}": "needs one name",
    "```{python}\n1 + 1\n```": "the code cell {python} is not supported",
    "```{mermaid}\ngraph\n```": "the code cell {mermaid} is not supported",
    "```{=html}\n<b>\n```": "raw html blocks are not supported",
    "```\n{{< var x >}}\n```": "a shortcode inside a code block",
    "```\nnever closed": "is never closed",
    "::: {.panel-tabset}\nx\n:::": "the class '.panel-tabset' is not supported",
    "::: {layout-ncol=2}\nx\n:::": "the attribute 'layout-ncol' is not supported",
    "::: {.column-margin}\nx\n:::": "the class '.column-margin' is not supported",
    "[x]{.aside}": "the class '.aside' is not supported",
    "as @smith2004 says": "the citation @smith2004 is not supported",
    "as @eq-one says": "the citation @eq-one is not supported",
    "some <b>bold</b>": "raw html is not supported",
    "<div>x</div>": "raw html is not supported",
    "`<b>`{=html}": "raw html is not supported",
    "$x^2$": "mathematics is not supported",
    '![x](/build/current/front-door/fig-front-door-rate){width=50% fig-alt="y"}': "the attribute 'width' is not supported",
    "![](/build/current/front-door/fig-front-door-rate)": "no alternative text",
    "::: {#fig-x}\nx\n:::": "a figure or table made of a block",
    '::: {.callout-note collapse="true"}\nx\n:::': "the attribute 'collapse' is not supported",
    "{{< include ../../outside.qmd >}}": "leads outside the project",
    "{{< include /../outside.qmd >}}": "leads outside the project",
    "{{< include /etc/passwd >}}": "does not exist",
    "{{< include sections/round.qmd >}}": "goes round in a circle",
}


@pytest.mark.parametrize("text", UNSUPPORTED)
def test_what_is_not_supported_is_refused_with_file_and_line(made, text):
    home = made(
        HEAD + "\nfirst\n\n{{< include sections/a.qmd >}}\n",
        a=f"plain\n\n{text}\n",
        round="{{< include sections/round.qmd >}}\n",
    )
    (home.parent / "outside.qmd").write_text("secret")
    try:
        faults = render(home)
    except SourceFaults as refused:
        faults = refused.faults
    fault = next(fault for fault in faults if UNSUPPORTED[text] in fault.message)
    where = {"goes round in a circle": "report/sections/round.qmd:1:"}.get(UNSUPPORTED[text], "report/sections/a.qmd:")
    assert str(fault).startswith(where)
    assert fault.line in (1, 3, 4)
    assert fault.line == 3 or UNSUPPORTED[text] in (
        "goes round in a circle",
        "a shortcode inside a code block",
        "is never closed",
    )


def test_unsupported_front_matter_is_refused_by_line(made):
    home = made("---\ntitle: x\nexecute:\n  enabled: true\n---\ntext\n")
    with pytest.raises(SourceFaults, match=r"report/self-assessment\.qmd:3: 'execute' in the front matter"):
        render(home)


def test_an_included_file_has_no_front_matter(made):
    home = made(HEAD + "{{< include sections/a.qmd >}}\n", a="---\ntitle: y\n---\n")
    with pytest.raises(SourceFaults, match=r"report/sections/a\.qmd:1: an included file can't have front matter"):
        render(home)


UNRESOLVED = {
    "see @fig-front-door-none": "the reference @fig-front-door-none leads nowhere",
    "see @sec-none": "the reference @sec-none leads nowhere",
    "see [@tbl-none]": "the reference @tbl-none leads nowhere",
    "is {{< var front_door.none >}}": "there is no value named 'front_door.none'",
    "is {{< var front_door >}}": "there is no value named 'front_door'",
    "is {{< meta nothing.here >}}": "there is no metadata named 'nothing.here'",
    "{{< include /build/current/front-door/fig-front-door-rat.md >}}": "did you mean fig-front-door-rate",
    "{{< include sections/none.qmd >}}": "report/sections/none.qmd does not exist",
}


@pytest.mark.parametrize("text", UNRESOLVED)
def test_what_leads_nowhere_is_named_with_file_and_line(made, text):
    home = made(HEAD + "\nfirst\n\n{{< include sections/a.qmd >}}\n", a=f"plain\n\n{text}\n")
    (fault,) = render(home)
    assert str(fault).startswith("report/sections/a.qmd:3: ")
    assert UNRESOLVED[text] in fault.message


def test_a_label_used_twice_is_named(made):
    twice = "{{< include /build/current/front-door/fig-front-door-rate.md >}}\n"
    (fault,) = render(made(HEAD + twice + "\n" + twice))
    assert "the label fig-front-door-rate is used twice" in fault.message


def test_what_is_hidden_need_not_resolve(made):
    home = made(HEAD + '::: {.content-visible when-meta="available.nothing"}\n@fig-none {{< var no.where >}}\n:::\n')
    assert render(home) == []


def test_a_symbolic_link_does_not_lead_out(made, tmp_path):
    home = made(HEAD + "{{< include sections/link.qmd >}}\n")
    (tmp_path / "secret.qmd").write_text("secret")
    try:
        (home / "report" / "sections" / "link.qmd").symlink_to(tmp_path / "secret.qmd")
    except OSError:
        pytest.skip("this machine can't make symbolic links")
    with pytest.raises(SourceFaults, match="leads outside the project"):
        render(home)
