"""Quarto is chosen where it is installed, held to no warning, and agrees with the portable renderer."""

import os
import re
import shutil
import stat
import subprocess
import sys
import time
import zipfile

import fixtures
import pytest
from lxml import etree

from analysis.publishing import deep_dives, portable, quarto, reading
from analysis.publishing.promote import promote
from analysis.reference.project import UsageError, UserError


@pytest.fixture
def pretend(tmp_path, monkeypatch):
    """A stand-in for Quarto, whose version and behaviour a test says in Python."""
    if os.name == "nt":
        pytest.skip("the stand-in is a shell script")

    def make(version="1.10.2", does="pass"):
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "quarto"
        code = f"import sys, pathlib\nif '--version' in sys.argv: print('{version}')\nelse:\n    {does}\n"
        program.write_text(f"#!{sys.executable}\n{code}")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    return make


def test_quarto_is_chosen_where_it_is_installed(pretend):
    pretend()
    assert str(quarto.choose()) == "quarto (1.10.2; Quarto is installed)"
    assert quarto.choose("portable").name == "portable"


def test_a_version_may_be_told_with_the_name(pretend):
    pretend(version="quarto 99.9.9")
    assert str(quarto.choose()) == "quarto (99.9.9; Quarto is installed)"


def test_an_old_quarto_is_passed_over(pretend):
    pretend(version="1.8.27")
    assert quarto.choose().name == "portable"
    assert "Quarto 1.8.27 is older than 1.9" in str(quarto.choose())
    with pytest.raises(UserError, match=r"Quarto 1\.8\.27 is older than 1\.9"):
        quarto.choose("quarto")


def test_without_quarto_the_portable_renderer_is_chosen(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "Quarto is not on the path" in str(quarto.choose())
    with pytest.raises(UserError, match="Quarto is not on the path"):
        quarto.choose("quarto")
    with pytest.raises(UsageError, match="'latex' is not a renderer"):
        quarto.choose("latex")


def test_a_warning_is_a_failure(pretend, tmp_path):
    home = fixtures.project(tmp_path / "home", "x")
    pretend(does="print('\\x1b[33mWARN: Unable to resolve crossref @fig-x\\x1b[39m', file=sys.stderr)")
    with pytest.raises(UserError, match=r"Quarto warned while rendering .*: WARN: Unable to resolve crossref @fig-x"):
        quarto.render(home, "report/self-assessment.qmd", "html", "internal", tmp_path / "x.html")


def test_an_error_is_told(pretend, tmp_path):
    home = fixtures.project(tmp_path / "home", "x")
    pretend(does="print('ERROR: no such thing', file=sys.stderr); sys.exit(1)")
    with pytest.raises(UserError, match="ERROR: no such thing"):
        quarto.render(home, "report/self-assessment.qmd", "html", "internal", tmp_path / "x.html")


def test_an_unknown_profile_is_refused(pretend, tmp_path):
    home = fixtures.project(tmp_path / "home", "x")
    pretend()
    with pytest.raises(UsageError, match="'pubic' is not an audience"):
        quarto.render(home, "report/self-assessment.qmd", "html", "pubic", tmp_path / "x.html")
    (home / "_quarto-public.yml").unlink()
    with pytest.raises(UserError, match=r"_quarto-public\.yml is missing"):
        quarto.render(home, "report/self-assessment.qmd", "html", "public", tmp_path / "x.html")


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The real report, by each renderer."""
    if quarto.choose().name != "quarto":
        pytest.skip("Quarto 1.9 or later is not on the path")
    folder = tmp_path_factory.mktemp("both")
    home = fixtures.project(folder / "home", "")
    shutil.copytree(fixtures.ROOT / "report", home / "report", dirs_exist_ok=True)
    promoted = promote(fixtures.every_review(folder / "found"), home / "build" / "current")
    (home / ".gitignore").write_text((fixtures.ROOT / ".gitignore").read_text(encoding="utf-8"), encoding="utf-8")
    document = "report/self-assessment.qmd"
    files = {}
    for to in portable.FORMATS:
        files["portable", to], files["quarto", to] = folder / f"portable.{to}", folder / f"quarto.{to}"
        assert portable.render(home, document, to, "internal", files["portable", to]) == []
        quarto.render(home, document, to, "internal", files["quarto", to])
    page = deep_dives.write(promoted.reviews["front-door"], home)
    for name, render in (("portable", portable.render), ("quarto", quarto.render)):
        files[name, "deep dive"] = folder / f"{name}-front-door.html"
        render(home, page, "html", "internal", files[name, "deep dive"])
    return home, files


def words(path):
    return " ".join(" ".join(reading.pages(path)).split()).replace("\u00a0", " ")


@pytest.mark.quarto
@pytest.mark.parametrize("to", portable.FORMATS)
def test_captions_and_numbers_agree(both, to):
    _, files = both
    told = [
        re.findall(r"(?:Figure|Table) \d+: [^.]*?(?:shows|says|stands on)", words(files[name, to]))
        for name in ("portable", "quarto")
    ]
    assert told[0]
    assert told[0] == told[1]


@pytest.mark.quarto
@pytest.mark.parametrize("to", ["pdf", "docx"])
def test_every_word_agrees(both, to):
    _, files = both
    assert words(files["quarto", to]) == words(files["portable", to])


@pytest.mark.quarto
@pytest.mark.parametrize("page", ["html", "deep dive"])
def test_headings_cells_and_words_agree_in_html(both, page):
    _, files = both
    pages = [files[name, page].read_text(encoding="utf-8") for name in ("portable", "quarto")]
    titles = [_parts("title", page) for page in pages]
    assert titles[0] == titles[1] != []
    for part in ("h[1-6]", "t[hd]", "figcaption|caption", "p", "li"):
        found = [[_plain(text) for text in _parts(part, _main(page))] for page in pages]
        assert [text for text in found[0] if text] == [text for text in found[1] if text]
        assert any(found[0]) or part == "li"


def _parts(name, page):
    return [match[1] for match in re.findall(rf"<({name})(?:\s[^>]*)?>(.*?)</\1>", page, re.DOTALL)]


def _main(page):
    # Quarto puts the title block inside main, the portable renderer before it.
    return re.sub(r"<header.*?</header>", "", page[page.index("<main") : page.index("</main>")], flags=re.DOTALL)


def _plain(fragment):
    return " ".join(re.sub(r"<[^>]+>", " ", fragment).replace("\u00a0", " ").split())


@pytest.mark.quarto
def test_pictures_have_the_same_alternative_text(both):
    _, files = both
    for read in (reading.docx_pictures,):
        told = [[alt for _, alt in read(files[name, "docx"])] for name in ("portable", "quarto")]
        assert told[0] == told[1]
        assert all(told[0])
    told = [[alt for _, alt in reading.html(files[name, "html"]).images] for name in ("portable", "quarto")]
    assert told[0] == told[1]


@pytest.mark.quarto
@pytest.mark.parametrize("to", ["pdf", "docx"])
@pytest.mark.parametrize("document", ["lscb-scrutiny-pack", "quarterly-performance"])
def test_the_other_documents_agree(both, tmp_path, document, to):
    """Managers' comments are boxes, in which Quarto would put an icon without words."""
    home, _ = both
    for name, render in (("portable", portable.render), ("quarto", quarto.render)):
        render(home, f"report/{document}.qmd", to, "internal", tmp_path / f"{name}.{to}")
    assert words(tmp_path / f"quarto.{to}") == words(tmp_path / f"portable.{to}")
    if to == "docx":
        told = [reading.docx_pictures(tmp_path / f"{name}.docx") for name in ("portable", "quarto")]
        assert [alt for _, alt in told[0]] == [alt for _, alt in told[1]]
        assert all(alt for _, alt in told[1])


@pytest.mark.quarto
def test_nothing_is_fetched_and_the_pdf_is_pdf_ua(both):
    _, files = both
    assert b"<pdfuaid:part>1</pdfuaid:part>" in files["quarto", "pdf"].read_bytes()
    page = files["quarto", "html"].read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)="https?://[^"]*\.(?:js|css|woff2?)|@import|url\(["']?http""", page)


@pytest.mark.quarto
def test_tables_in_word_stand_by_themselves(both):
    _, files = both
    with zipfile.ZipFile(files["quarto", "docx"]) as docx:
        document = etree.fromstring(docx.read("word/document.xml"))
    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    assert document.findall(f".//{w}tbl")
    assert not document.findall(f".//{w}tbl//{w}tbl")
    assert not document.findall(f".//{w}tbl//{w}drawing")


@pytest.mark.quarto
def test_the_same_findings_give_the_same_word_document(both, tmp_path):
    home, files = both
    time.sleep(2)  # Zip files and Word date to the second or two.
    quarto.render(home, "report/self-assessment.qmd", "docx", "internal", tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == files["quarto", "docx"].read_bytes()


@pytest.mark.quarto
def test_a_draft_without_all_its_returns_agrees(both, tmp_path):
    home = shutil.copytree(both[0], tmp_path / "home", ignore=shutil.ignore_patterns("build", ".quarto"))
    found = [fixtures.findings(tmp_path, "front-door"), fixtures.absent(tmp_path, "placement-stability", "the SSDA903")]
    promote(found, home / "build" / "current", draft=True, failures=["report/x.qmd:3: a <b> *failure*"])
    for name, render in (("portable", portable.render), ("quarto", quarto.render)):
        render(home, "report/self-assessment.qmd", "pdf", "internal", tmp_path / f"{name}.pdf")
    assert "a <b> *failure*" in words(tmp_path / "quarto.pdf")
    assert words(tmp_path / "quarto.pdf") == words(tmp_path / "portable.pdf")


@pytest.mark.quarto
def test_quarto_renders_from_a_shell_without_a_warning(both):
    home, _ = both
    run = subprocess.run(["quarto", "render"], cwd=home, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "WARN" not in run.stderr + run.stdout
    made = home / "build" / "quarto" / "report"
    assert {path.suffix for path in made.glob("self-assessment.*")} == {".html", ".pdf", ".docx"}
    assert not [path for path in made.rglob("*") if path.suffix == ".ipynb" or "-preview" in path.name]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in (made / "self-assessment.pdf").read_bytes()
    assert not list((home / "report").glob("*.typ"))
    assert (home / ".gitignore").read_text(encoding="utf-8") == (fixtures.ROOT / ".gitignore").read_text(
        encoding="utf-8"
    )
