"""Findings for tests, in the shape that the pipeline lays out: every name that docs/findings.md promises."""

from __future__ import annotations

import io
import json
import re
import shutil
from functools import lru_cache
from pathlib import Path

from analysis.publishing.claims import Claim, Verdict

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = ("now", "year_ago", "last_year_end", "year_end_before", "year_end_before_that")
BESIDE = [f"{one}.{part}" for one in ("england", "region", "neighbours") for part in ("figure", "words")]
_SECTION = re.compile(r"^## (?P<review>[a-z-]+)$(?P<body>.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def promised() -> dict[str, dict[str, list[str]]]:
    """What docs/findings.md says each review gives: values, statements, figures and tables by review."""
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    return {match["review"]: _names(match["body"]) for match in _SECTION.finditer(page)}


def _names(body: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"values": [], "statements": [], "figures": [], "tables": []}
    for paragraph in re.split(r"\n\n", body):
        kind = paragraph.split(":")[0].strip().lower()
        kind = kind if kind in found else "values"
        stem = ""
        for name in re.findall(r"`([^`]+)`", paragraph):
            if name.startswith(("fig-", "tbl-")):
                found["figures" if name.startswith("fig-") else "tables"].append(name)
            elif re.fullmatch(r"\.?[a-z0-9_]+(\.[a-z_*]+)*", name) and name not in ("board", "internal"):
                full = stem + name if name.startswith(".") else name
                stem = stem if name.startswith(".") else name.split(".")[0]
                found[kind] += _written_out(full)
    return found


def _written_out(name: str) -> list[str]:
    if name.endswith(".*"):
        return [name[:-1] + moment for moment in MOMENTS]
    return [name.removesuffix("beside") + part for part in BESIDE] if name.endswith(".beside") else [name]


@lru_cache(maxsize=1)
def picture() -> bytes:
    """A small line chart as SVG, the same bytes every time; drawn once a run."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.hashsalt": "chart", "font.size": 11}):
        drawing, axes = pyplot.subplots(figsize=(6.4, 3.4), layout="constrained")
        axes.plot(["2015-16", "2016-17", "2017-18", "2018-19"], [597, 530, 608, 616], color="#12436d", marker="o")
        axes.set_ylim(0, 650)
        axes.spines[["top", "right"]].set_visible(False)
        into = io.BytesIO()
        drawing.savefig(into, format="svg", metadata={"Date": None, "Creator": None})
        pyplot.close(drawing)
    return into.getvalue()


def findings(
    folder: Path,
    review: str,
    *,
    names: dict[str, list[str]] | None = None,
    simulated: bool = True,
    audience: str = "internal",
    quarter: str = "2018-19-Q2",
    **changes,
) -> Path:
    """One review's findings folder. `changes` replace whole parts of findings.json."""
    names = names or promised()[review]
    home = folder / review
    home.mkdir(parents=True, exist_ok=True)
    figures = {}
    for label in names["figures"]:
        (home / f"{label}.svg").write_bytes(picture())
        figures[label] = {
            "caption": f"What {label[4:].replace('-', ' ')} shows",
            "alt": "Line chart. The rate falls from 597 in 2015-16 to 530 in 2016-17, then rises to 616.",
            "svg": f"{label}.svg",
            "data": {"columns": ["year", "rate"], "rows": [["2015-16", 597], ["2018-19", 616]]},
        }
    found = {
        "review": review,
        "title": review.replace("-", " ").capitalize(),
        "question": "What has changed?",
        "authority": "929",
        "quarter": quarter,
        "audience": audience,
        "simulated": simulated,
        "available": True,
        "deliveries": [
            {"quarter": "2018-19-Q1", "id": "a" * 16, "kinds": ["ssda903"]},
            {"quarter": quarter, "id": "b" * 16, "kinds": ["annex_a", "ssda903"]},
        ],
        "values": {
            name: {"text": "616.2" if "rate" in name else "42", "value": 616.2, "period": "the year"}
            for name in names["values"]
        },
        "statements": dict.fromkeys(names["statements"], "The latest months lie within usual variation."),
        "figures": figures,
        "tables": {
            label: {
                "caption": f"What {label[4:].replace('-', ' ')} says",
                "columns": ["Measure", "Year to September 2017", "Year to September 2018"],
                "rows": [["Referrals", "3,201", "3,584"], ["Rate per 10,000", "543.0", "608.0"]],
                "align": ["left", "right", "right"],
            }
            for label in names["tables"]
        },
        "story": [
            {"markdown": "## The question\n\nWhat has changed, and is it more than chance?"},
            *({"figure": label} for label in names["figures"][:2]),
            *({"table": label} for label in names["tables"][:1]),
        ],
    } | changes
    (home / "findings.json").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return home


def absent(folder: Path, review: str, *needs: str, **changes) -> Path:
    """A review that couldn't run for want of a return."""
    home = findings(folder, review, names={"values": [], "statements": [], "figures": [], "tables": []}, **changes)
    found = json.loads((home / "findings.json").read_text(encoding="utf-8"))
    found |= {"available": False, "needs": list(needs), "story": []}
    (home / "findings.json").write_text(json.dumps(found), encoding="utf-8")
    return home


def every_review(folder: Path, **changes) -> list[Path]:
    return [findings(folder, review, **changes) for review in promised()]


def project(folder: Path, document: str, **included: str) -> Path:
    """A project with our configuration, filters and styles, and one document of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in ROOT.glob("_quarto*.yml"):
        shutil.copyfile(path, folder / path.name)
    for part in ("filters", "styles"):
        shutil.copytree(ROOT / "report" / part, folder / "report" / part, dirs_exist_ok=True)
    (folder / "report" / "self-assessment.qmd").write_text(document, encoding="utf-8")
    (folder / "report" / "sections").mkdir(exist_ok=True)
    for name, text in included.items():
        (folder / "report" / "sections" / f"{name}.qmd").write_text(text, encoding="utf-8")
    return folder


class Believing:
    """Stands in for the judge of claims where no records are at hand: believes all but what it is told not to."""

    def __init__(self, *doubted: str):
        self.doubted = doubted

    def given(self, findings):
        return self

    def __call__(self, claim: Claim) -> Verdict:
        return Verdict(claim, claim.get("indicator") not in self.doubted, "it is made up", title="What it is about")
