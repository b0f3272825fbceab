"""Every supported construct, in all three formats, from one source."""

import re
import zipfile

import fixtures
import pytest

from analysis.publishing import portable, reading, word, wording
from analysis.publishing.promote import promote
from analysis.reference.project import UserError

NBSP = "\u00a0"
NAMES = {
    "values": ["rate.now", "mean"],
    "statements": ["verdict"],
    "figures": ["fig-front-door-rate", "fig-front-door-mix"],
    "tables": ["tbl-front-door-sums"],
}
DOCUMENT = """---
title: "A *trial* document"
---

# First part {#sec-first}

The rate is {{< var front_door.rate.now >}} at {{< meta moments.now >}}: @fig-front-door-mix, [@tbl-front-door-sums; @sec-deep],
[-@fig-front-door-rate] and [see @sec-first]. It's "quoted" -- so.^[A footnote.]

## Below

{{< include /build/current/front-door/fig-front-door-rate.md >}}

{{< include /build/current/front-door/tbl-front-door-sums.md >}}

{{< include sections/more.qmd >}}

## Not counted {.unnumbered}

# Second part

{{< include /build/current/front-door/fig-front-door-mix.md >}}

![A plain picture](/build/current/front-door/fig-front-door-mix){fig-alt="Only words"}
"""
MORE = """### Deep {#sec-deep}

::: {.callout-note}
Untitled body.
:::

::: {.callout-warning title="Mind *this*"}
Titled body about @sec-first.

- an item
:::

::: {.callout-tip}
## By heading
Headed body.
:::

::: {.callout-important title="I"}
i
:::

::: {.callout-caution title="C"}
c
:::

::: {.content-visible when-format="html"}
Seen in html.
:::

::: {.content-hidden when-format="html"}
Hidden in html.
:::

[Seen in typst.]{.content-visible when-format="typst"} [Seen in docx.]{.content-visible when-format="docx"}

::: {.content-visible when-profile="internal"}
Seen by officers.
:::

::: {.content-visible when-profile="public"}
Seen by the public.
:::

::: {.content-visible when-meta="available.front-door"}
The front door is open.
:::

::: {.content-visible unless-meta="available.front-door"}
The front door is shut.
:::
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portable")
    home = fixtures.project(folder / "home", DOCUMENT, more=MORE)
    promote([fixtures.findings(folder / "found", "front-door", names=NAMES)], home / "build" / "current")
    return home


@pytest.fixture(scope="module")
def made(home):
    files = {to: home / "out" / f"made.{to}" for to in portable.FORMATS}
    for to, path in files.items():
        assert portable.render(home, "report/self-assessment.qmd", to, "internal", path) == []
    return files


@pytest.fixture(scope="module")
def text(made):
    return {to: " ".join(reading.pages(path)).replace("’", "'") for to, path in made.items()}


@pytest.mark.parametrize("to", portable.FORMATS)
def test_values_and_metadata_are_in_the_prose(text, to):
    assert re.search(r"The rate is\s+616\.2\s+at\s+30 September 2018", text[to])


@pytest.mark.parametrize("to", portable.FORMATS)
def test_references_are_worded_as_quarto_words_them(text, to):
    said = text[to].replace(NBSP, " ")
    assert re.search(r": Figure 2, Table 1, Section 1\.1\.1, 1 and see 1\. It's “quoted” – so\.", said)


@pytest.mark.parametrize("to", portable.FORMATS)
def test_captions_are_numbered(text, to):
    said = text[to].replace(NBSP, " ")
    for caption in (
        "Figure 1: What front door rate shows",
        "Figure 2: What front door mix shows",
        "Table 1: What front door sums says",
    ):
        assert caption in said
    assert "Figure 3" not in said


@pytest.mark.parametrize(
    ("to", "first"), [("html", "1 First part"), ("pdf", "1 First part"), ("docx", "1. First part")]
)
def test_sections_are_numbered(text, to, first):
    for heading in (first, "1.1 Below", "1.1.1 Deep", "Not counted"):
        assert heading in text[to]
    assert "1.2 Not counted" not in text[to]


@pytest.mark.parametrize("to", portable.FORMATS)
def test_callouts_have_titles_and_bodies(text, to):
    for words in ("Note", "Untitled body.", "Mind this", "Titled body about", "an item", "By heading", "Headed body."):
        assert words in text[to]


@pytest.mark.parametrize("to", portable.FORMATS)
def test_conditions_by_format_profile_and_metadata(text, to):
    assert ("Seen in html." in text[to]) == (to == "html")
    assert ("Hidden in html." in text[to]) == (to != "html")
    assert ("Seen in typst." in text[to]) == (to == "pdf")
    assert ("Seen in docx." in text[to]) == (to == "docx")
    assert "Seen by officers." in text[to]
    assert "Seen by the public." not in text[to]
    assert "The front door is open." in text[to]
    assert "The front door is shut." not in text[to]


@pytest.mark.parametrize("to", portable.FORMATS)
def test_marks_are_on_the_first_page(made, text, to):
    assert wording.SIMULATED_TITLE in reading.pages(made[to])[0]
    assert "must not be quoted" in reading.pages(made[to])[0]


def test_every_page_has_the_running_head(made):
    head = "Simulated data: invented children · Official-Sensitive"
    assert all(head in page for page in reading.pages(made["pdf"]))
    assert reading.running_heads(made["docx"]) == [head]
    assert 'class="house-head"' in made["html"].read_text(encoding="utf-8")


def test_pictures_have_alternative_text_everywhere(made):
    alternative = "Line chart. The rate falls from 597 in 2015-16 to 530 in 2016-17, then rises to 616."
    assert [alt for _, alt in reading.html(made["html"]).images] == [alternative, alternative, "Only words"]
    assert [alt for _, alt in reading.docx_pictures(made["docx"])] == [alternative, alternative, "Only words"]
    assert " ".join(reading.everything(made["pdf"])).count(alternative) >= 2


def test_each_format_gets_the_picture_that_suits_it(made):
    assert all(src.startswith("data:image/svg+xml") for src, _ in reading.html(made["html"]).images)
    with zipfile.ZipFile(made["docx"]) as docx:
        assert {name.rsplit(".", 1)[1] for name in docx.namelist() if "/media/" in name} == {"png"}


def test_the_page_is_one_file_in_english(made):
    page = made["html"].read_text(encoding="utf-8")
    assert '<html lang="en-GB">' in page
    assert f">Figure{NBSP}2</a>" in page
    assert '<a class="skip-link" href="#content">' in page
    assert not re.search(r'(?:src|href)="(?!#|data:|mailto:)[^"]*"', page)


def test_tables_scroll_and_have_header_cells(made):
    page = made["html"].read_text(encoding="utf-8")
    assert re.search(r'class="table-scroll"[^>]*tabindex="0"[^>]*role="region"', page)
    assert page.count("<th") >= 3


def test_links_lead_to_places_in_the_page(made):
    page = reading.html(made["html"])
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_word_has_bookmarks_for_what_is_linked(made):
    with zipfile.ZipFile(made["docx"]) as docx:
        document = docx.read("word/document.xml").decode()
    wanted = set(re.findall(r'w:anchor="([^"]+)"', document))
    assert wanted
    assert wanted <= set(re.findall(r'w:bookmarkStart[^>]*w:name="([^"]+)"', document))


def test_word_tears_no_row_of_a_table_and_no_financial_year(made, tmp_path):
    with zipfile.ZipFile(made["docx"]) as docx:
        document = docx.read("word/document.xml").decode()
    rows = [row for row in re.findall(r"<w:tr>.*?</w:tr>|<w:tr .*?</w:tr>", document, re.S) if row.count("<w:tc>") > 1]
    assert len(rows) >= 3
    assert all(row.count("<w:cantSplit/>") == 1 for row in rows)
    years = document.replace("Referrals", "In 2017-18")
    parts = {"word/document.xml": years.encode(), "docProps/core.xml": b"<core/>", "[Content_Types].xml": b""}
    (tmp_path / "years.docx").write_bytes(word.archive(parts))
    word.finish(tmp_path / "years.docx")
    with zipfile.ZipFile(tmp_path / "years.docx") as docx:
        document = docx.read("word/document.xml").decode()
    assert "In 2017\u201118" in "".join(re.findall(r"<w:tr[ >].*?</w:tr>", document, re.S))


def test_word_has_its_contents_before_it_is_brought_up_to_date(made):
    with zipfile.ZipFile(made["docx"]) as docx:
        document = docx.read("word/document.xml").decode()
    contents = document[document.index("<w:sdt>") : document.index("</w:sdt>")]
    assert re.findall(r"<w:t>([^<]+)</w:t>", contents) == [
        "1. First part",
        "1.1 Below",
        "Not counted",
        "2. Second part",
    ]
    assert contents.count("w:fldCharType") == 3


def test_the_pdf_is_accessible_by_its_own_account(made):
    xmp = " ".join(reading.everything(made["pdf"]))
    assert "pdfuaid:part" in xmp
    assert "A trial document" in xmp


@pytest.mark.parametrize("to", portable.FORMATS)
def test_the_same_inputs_give_the_same_bytes_elsewhere(made, tmp_path, to):
    home = fixtures.project(tmp_path / "another place", DOCUMENT, more=MORE)
    promote([fixtures.findings(tmp_path / "found", "front-door", names=NAMES)], home / "build" / "current")
    again = tmp_path / f"again.{to}"
    portable.render(home, "report/self-assessment.qmd", to, "internal", again)
    assert again.read_bytes() == made[to].read_bytes()


HOSTILE = (
    "<script>alert(1)</script> {{< include /etc/passwd >}} #set page(width: 1pt) $x$ | *b* \\back =cmd() @fig-x `c` ]("
)


@pytest.mark.parametrize("to", portable.FORMATS)
def test_hostile_text_in_findings_shows_as_itself(tmp_path, to):
    home = fixtures.project(tmp_path / "home", DOCUMENT, more=MORE)
    found = fixtures.findings(
        tmp_path / "found", "front-door", names=NAMES,
        values={"rate.now": {"text": HOSTILE}, "mean": {"text": HOSTILE}},
        statements={"verdict": HOSTILE},
        tables={"tbl-front-door-sums": {"caption": HOSTILE, "columns": [HOSTILE, "b"], "rows": [[HOSTILE, HOSTILE]], "align": ["left", "right"]}},
        figures={
            label: {"caption": HOSTILE, "alt": HOSTILE + ' "quoted"}', "svg": f"{label}.svg"}
            for label in NAMES["figures"]
        },
    )  # fmt: skip
    promote([found], home / "build" / "current")
    out = home / f"made.{to}"
    assert portable.render(home, "report/self-assessment.qmd", to, "internal", out) == []
    said = " ".join(reading.pages(out)).replace("’", "'")
    expected = 4 if to == "pdf" else 6
    assert re.sub(r"\s", "", said).count(re.sub(r"\s", "", HOSTILE)) >= expected
    if to == "html":
        assert "<script>" not in out.read_text(encoding="utf-8")
        assert reading.html(out).images[0][1] == HOSTILE + ' "quoted"}'
    if to == "docx":
        assert reading.docx_pictures(out)[0][1] == HOSTILE + ' "quoted"}'


def test_findings_for_one_audience_are_not_rendered_for_another(home):
    with pytest.raises(UserError, match="the findings are for the audience 'internal' and the profile is 'public'"):
        portable.render(home, "report/self-assessment.qmd", "html", "public", home / "out" / "x.html")


def test_a_project_without_findings_says_what_to_run(tmp_path):
    home = fixtures.project(tmp_path / "home", DOCUMENT, more=MORE)
    with pytest.raises(UserError, match="run: selfassess review"):
        portable.render(home, "report/self-assessment.qmd", "html", "internal", tmp_path / "x.html")


def test_a_long_list_of_what_fails_runs_on_over_pages(tmp_path):
    home = fixtures.project(tmp_path / "home", "---\ntitle: T\n---\nWell.\n")
    failing = [f"report/x.qmd:{line}: the claim does not hold, and the data say otherwise" for line in range(100, 180)]
    found = [fixtures.findings(tmp_path / "found", "front-door", names=NAMES)]
    promote(found, home / "build" / "current", draft=True, failures=failing)
    assert portable.render(home, "report/self-assessment.qmd", "pdf", "internal", home / "made.pdf") == []
    at = {
        line: [n for n, page in enumerate(reading.pages(home / "made.pdf")) if f":{line}:" in page]
        for line in (100, 179)
    }
    assert [len(pages) for pages in at.values()] == [1, 1]
    assert at[179] > at[100]


def test_pandoc_is_given_only_the_variables_that_a_source_uses():
    variables = {"front_door": {"rate": {"now": "5", "year_ago": "6"}}, "other": "7"}
    text = (
        '[]{.shortcode name="var" key="front_door.rate.now"} []{.shortcode name="var" key="front_door.rate.gone"} other'
    )
    assert portable.used_variables(text, variables) == {"front_door": {"rate": {"now": "5"}}}
    assert portable.used_variables('[]{.shortcode name="var" key="other.gone"}', variables) == {"other": {}}


def test_a_hyphen_at_the_end_of_a_line_of_a_pdf_is_read(tmp_path):
    import typst

    (tmp_path / "a.typ").write_text(
        "#set page(width: 50pt, height: 80pt, margin: 5pt)\n#set text(10pt)\nlong-term homes"
    )
    (tmp_path / "a.pdf").write_bytes(typst.compile(str(tmp_path / "a.typ")))
    assert reading.pages(tmp_path / "a.pdf") == ["long- term homes"]
