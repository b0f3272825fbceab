"""Whoever is in the returns is in nothing that is made from them: identifiers, dates of birth, postcodes and names."""

from __future__ import annotations

import csv
import re
from functools import cache

import pandas as pd
import pytest

from analysis.disclosure import AUDIENCES
from analysis.pipeline.ingest import ingest_waiting
from analysis.pipeline.run import run_reviews
from analysis.publishing import reading, rendering
from analysis.publishing.build import identifiers
from analysis.records.history import History
from analysis.reference.project import Workspace
from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.deliveries import write_deliveries
from analysis.simulation.truth import simulate

pytestmark = pytest.mark.end_to_end

# The workforce census comes with the second quarter.
PERIOD = quarters(Quarter.parse("2015-16-Q2"), Quarter.parse("2015-16-Q3"))
NAMES = ("Wilhelmina Planted", "Planted-Worker", "Planted Cottage")
# Names in a column of their own, in free text, and in the place of a category.
PLANTED = {
    "complaints.csv": {"theme": f"About {NAMES[0]}", "notes": f"{NAMES[0]}, born 04/05/2007, NE46 9ZZ"},
    "exploitation_concerns.csv": {"child_name": NAMES[0]},
    "case_audits.csv": {"audited_by": NAMES[1]},
    "homes.csv": {"name": NAMES[2]},
}
# What officers may have: a list of children, of its own, in no document.
LISTS = "children-to-discuss.csv"


def plant(folder):
    for name, planted in PLANTED.items():
        for path in folder.rglob(name):
            with open(path, encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file))
            if not rows:
                continue
            columns = list(dict.fromkeys([*rows[0], *planted]))
            # Categories of everybody's own would leave nothing to show.
            rows = [{**row, **(planted if n == 0 else {})} for n, row in enumerate(rows)]
            with open(path, "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    workspace = Workspace(tmp_path_factory.mktemp("planted"))
    truth = simulate(quarters=PERIOD, scale=0.03, seed=11)
    write_deliveries(truth, workspace.returns)
    plant(workspace.returns)
    ingest_waiting(workspace, truth.authority, jobs=2)
    known = History.open(workspace.store, truth.authority).known_by(PERIOD[-1])
    # Every review for the public; of officers' the one with a list of children; the board's pass the same gate.
    for audience, reviews in {"public": None, "internal": ["placement-stability"], "board": ["front-door"]}.items():
        run_reviews(workspace, truth.authority, [PERIOD[-1]], [audience], reviews, jobs=2)
    named = identifiers(known)
    for audience in AUDIENCES:
        rendering.render(workspace, truth.authority, PERIOD[-1], audience, formats=["html"], renderer="portable", draft=True,
                         identifiers=named)  # fmt: skip
    return workspace, known


def outputs(workspace: Workspace):
    for folder in (workspace.published, workspace.build):
        for path in sorted(folder.rglob("*")):
            if (
                path.is_file()
                and "cache" not in path.parts
                and path.suffix not in (".png", ".pdf")
                and path.name != LISTS
            ):
                yield path


def text_of(path) -> str:
    return "\n".join(reading.everything(path)) if path.suffix in (".xlsx", ".html") else path.read_text("utf-8")


@pytest.fixture(scope="module")
def texts(made):
    workspace, _ = made
    return {path.relative_to(workspace.data).as_posix(): text_of(path) for path in outputs(workspace)}


def test_every_kind_of_output_is_looked_at(texts):
    for audience in AUDIENCES:
        names = [name for name in texts if f"/{audience}/" in name]
        for end in ("self-assessment.html", "findings.json", ".ipynb", "indicators.csv", "indicators-metadata.csv", "tables.xlsx",
                    "manifest.json", "evidence.csv", "index.html"):  # fmt: skip
            assert any(name.endswith(end) for name in names), f"{audience} has no {end}"
        assert any("/deep-dives/" in name for name in names)


def in_the_returns(known) -> dict[str, set[str]]:
    """What could find somebody, by kind, as the returns hold it."""
    children = known.table("children")
    born = pd.to_datetime(children["date_of_birth"]).dropna()
    # The first and last days of months are also days of account.
    born = born[(born.dt.day > 1) & ~born.dt.is_month_end]
    return {
        "children's identifiers": set(children["child_id"].dropna()) | set(children["upn"].dropna()),
        "dates of birth": {f"{day:{form}}" for day in born for form in ("%Y-%m-%d", "%d/%m/%Y")}
        | {f"{day.day} {day:%B %Y}" for day in born},
        "postcodes": set(known.table("postcodes")["postcode"].dropna()),
        "workers": set(known.table("social_workers")["worker_id"].dropna()),
        "names": set(NAMES),
    }


def test_what_was_planted_was_delivered(made):
    _, known = made
    kinds = in_the_returns(known)
    assert all(len(found) > 2 for found in kinds.values()), {kind: len(found) for kind, found in kinds.items()}
    assert NAMES[2] in set(known.table("homes")["name"])
    assert f"About {NAMES[0]}" in set(known.table("complaints")["theme"])


@cache
def words(text: str) -> frozenset[str]:
    """The words of a text, and its dates and postcodes, which have blanks in them."""
    shapes = r"[\w/-]+", r"\d{1,2} [A-Z][a-z]+ \d{4}", r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"
    return frozenset(word for shape in shapes for word in re.findall(shape, text))


def test_words_are_found_with_their_blanks():
    assert {"SIM000001", "4 May 2007", "NE46 9ZZ", "2007-05-04", "04/05/2007"} <= words(
        '"SIM000001", 4 May 2007; NE46 9ZZ.2007-05-04 (04/05/2007)'
    )


def test_nobody_is_in_anything_that_was_made(made, texts):
    _, known = made
    found = []
    for kind, wanted in in_the_returns(known).items():
        for name, text in texts.items():
            said = words(text)
            # Officers' own document may say what a complaint was about, in their own return's words.
            own_words = {NAMES[0], NAMES[2]} if "/internal/" in name else set()
            found += [f"{kind}: {one!r} in {name}" for one in wanted & said]
            found += [f"{kind}: {one!r} in {name}" for one in wanted - own_words if kind == "names" and one in text]
    assert not found, found[:10]
