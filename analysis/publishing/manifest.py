"""Says what a publication is made of and by what: `manifest.json`, and the index page that links everything."""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from analysis import publishing
from analysis.publishing import wording
from analysis.publishing.promote import Promoted
from analysis.reference import project
from analysis.reference.calendar import Quarter

LOCK_FILE = "requirements.lock"
_KINDS = {".html": "web page", ".pdf": "PDF", ".docx": "Word"}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(folder: Path, promoted: Promoted, documents: Mapping[str, Iterable[str]], renderer: Mapping,
          *, draft: bool, failures: Iterable[str], lists: Iterable[str] = (), root: Path = project.ROOT) -> None:  # fmt: skip
    """Writes `manifest.json` into a finished folder. `documents` gives each one's files, relative to the folder;
    `lists` the files of lists of children, which only officers' publications have."""
    lock = root / LOCK_FILE
    content = {
        "authority": promoted.authority,
        "quarter": promoted.quarter,
        "audience": promoted.audience,
        "marking": wording.MARKINGS[promoted.audience],
        "simulated": promoted.simulated,
        "draft": draft,
        "failures": list(failures),
        "renderer": dict(renderer),
        "code_version": version(),
        "lock_file_sha256": digest(lock) if lock.exists() else None,
        "deliveries": _deliveries(promoted),
        "reviews": {
            name: {"available": review.available, "needs": list(review.needs)}
            for name, review in promoted.reviews.items()
        },
        "documents": {name: sorted(files) for name, files in sorted(documents.items())},
        **({"lists_official_sensitive": sorted(lists)} if lists else {}),
        "outputs": {
            path.relative_to(folder).as_posix(): digest(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != "manifest.json"
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


def version() -> str:
    """The package's version, from its metadata."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("selfassess")
    except PackageNotFoundError:
        return "not installed"


def _deliveries(promoted: Promoted) -> list[dict]:
    """Each delivery that any review stood on, once, by quarter."""
    seen = {
        json.dumps(dict(delivery), sort_keys=True): dict(delivery)
        for review in promoted.reviews.values()
        for delivery in review.deliveries
    }
    return [seen[key] for key in sorted(seen, key=lambda key: (str(seen[key].get("quarter", "")), key))]


def write_index(folder: Path, promoted: Promoted, documents: Mapping[str, tuple[str, Iterable[str]]],
                lists: Mapping[str, str] = MappingProxyType({}), downloads: Mapping[str, str] = MappingProxyType({}),
                *, draft: bool) -> None:  # fmt: skip
    """The page that links a publication's documents. `documents` gives each one's title and files; `lists` the title
    of each list of children by its file, `downloads` of each file of figures."""
    authority = project.authority(promoted.authority)
    quarter = Quarter.parse(promoted.quarter)
    head = wording.running_head(simulated=promoted.simulated, audience=promoted.audience, draft=draft)
    items = "\n".join(_item(title, files) for title, files in documents.values())
    style = (Path(publishing.__file__).parent / "house" / "page.css").read_text(encoding="utf-8")
    marks = (project.ROOT / "report" / "styles" / "marks.css").read_text(encoding="utf-8")
    notice = (
        f'<div class="callout callout-important"><p><strong>{wording.SIMULATED_TITLE}</strong></p>'
        f"<p>{html.escape(wording.SIMULATED_NOTICE)}</p></div>"
        if promoted.simulated
        else ""
    )
    banner = f'<div class="house-head"><p>{html.escape(" · ".join(head))}</p></div>' if head else ""
    listed, figures = _listed(lists), _figures(downloads)
    page = f"""<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Documents: {html.escape(authority.name)}, {quarter.words}</title>
<style>
{style}{marks}</style>
</head>
<body>
<a class="skip-link" href="#content">Skip to the content</a>
<header class="title-block"><h1 class="title">{html.escape(authority.name)}</h1>
<p class="subtitle">{quarter.words}. For {wording.AUDIENCE_LABELS[promoted.audience]}.</p></header>
<div class="columns"><main id="content" tabindex="-1">
{banner}
{notice}
<h2>Documents</h2>
<ul>
{items}
</ul>
{figures}{listed}<p><a href="evidence.csv">Where each figure comes from, with its definition</a> (evidence.csv, for a spreadsheet)</p>
<p><a href="manifest.json">What these documents are made of</a> (manifest.json)</p>
</main></div>
</body>
</html>
"""
    (folder / "index.html").write_text(page, encoding="utf-8", newline="\n")


def _figures(downloads: Mapping[str, str]) -> str:
    items = "\n".join(
        f'<li><a href="{html.escape(file)}">{html.escape(title)}</a></li>' for file, title in downloads.items()
    )
    return f"<h2>Figures</h2>\n<ul>\n{items}\n</ul>\n" if items else ""


def _listed(lists: Mapping[str, str]) -> str:
    """Lists of children, apart from the documents and marked; nothing at all where there are none."""
    if not lists:
        return ""
    items = "\n".join(
        f'<li><a href="{html.escape(file)}">{html.escape(title)}</a> (official-sensitive, for officers only; for a spreadsheet)</li>'
        for file, title in lists.items()
    )
    return f"<h2>Official-sensitive lists of children</h2>\n<ul>\n{items}\n</ul>\n"


def _item(title: str, files: Iterable[str]) -> str:
    links = ", ".join(
        f'<a href="{html.escape(file)}">{_KINDS[Path(file).suffix]}'
        f'<span class="screen-reader-only"> of {html.escape(title)}</span></a>'
        for file in sorted(files, key=lambda file: list(_KINDS).index(Path(file).suffix))
    )
    return f"<li>{html.escape(title)}: {links}</li>"
