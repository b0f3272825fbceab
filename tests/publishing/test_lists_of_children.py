"""A list of children is published beside the documents, for officers only, and no document holds what it holds."""

from __future__ import annotations

import json
import shutil

import fixtures
import pytest

from analysis.publishing import rendering
from analysis.reference.project import UserError, Workspace

QUARTER = "2018-19-Q2"
LIST = "children-to-discuss"
TOLD = {LIST: {"title": "Children to talk about", "note": "It supports a conversation.", "file": f"lists/{LIST}.csv"}}
CONTENT = b"\xef\xbb\xbfOFFICIAL-SENSITIVE\r\n\r\nChild,Why\r\nSIM000001,went missing twice\r\n"


def workspace(folder, audience="internal", *, told=TOLD, content=CONTENT, reviews=("front-door",)) -> Workspace:
    found = folder / "found"
    names = {"values": [], "statements": [], "figures": [], "tables": []}
    for review in reviews:
        home = fixtures.findings(
            found, review, names=names, story=[{"markdown": "Well."}], audience=audience, lists=told
        )
        if content is not None:
            (home / "lists").mkdir()
            (home / "lists" / f"{LIST}.csv").write_bytes(content)
    made = Workspace(data=folder / "data", root=fixtures.project(folder / "root", "---\ntitle: Trial\n---\nWell.\n"))
    shutil.copytree(found, made.build / "findings" / "929" / QUARTER / audience)
    return made


def render(made: Workspace, audience="internal"):
    return rendering.render(
        made, "929", QUARTER, audience, formats=["html"], renderer="portable", identifiers=["SIM000001"]
    )


def test_officers_find_it_in_the_index_and_the_manifest(tmp_path):
    folder = render(workspace(tmp_path)).folder
    assert (folder / f"{LIST}.csv").read_bytes() == CONTENT
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["lists_official_sensitive"] == [f"{LIST}.csv"]
    assert f"{LIST}.csv" in manifest["outputs"]
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert f'<a href="{LIST}.csv">Children to talk about</a> (official-sensitive' in index
    for path in folder.rglob("*.html"):
        assert "SIM000001" not in path.read_text(encoding="utf-8"), path.name


def test_nobody_elses_publication_can_hold_one(tmp_path):
    made = workspace(tmp_path, "public")
    with pytest.raises(UserError, match="never for public"):
        render(made, "public")
    assert not [path for path in made.published.rglob("*") if path.is_file()]


def test_a_publication_without_one_says_nothing_of_lists(tmp_path):
    folder = render(workspace(tmp_path, "public", told={}, content=None), "public").folder
    assert "lists_official_sensitive" not in (folder / "manifest.json").read_text(encoding="utf-8")
    assert "list" not in (folder / "index.html").read_text(encoding="utf-8").split("<main")[1].lower()


def test_a_list_whose_file_is_gone_stops_publication(tmp_path):
    with pytest.raises(
        UserError, match=r"lists/children-to-discuss\.csv is missing; run: selfassess review front-door --force"
    ):
        render(workspace(tmp_path, content=None))


def test_two_reviews_may_not_give_one_name(tmp_path):
    with pytest.raises(UserError, match="two reviews give a list called children-to-discuss"):
        render(workspace(tmp_path, reviews=("front-door", "placement-stability")))


def test_a_path_is_no_name(tmp_path):
    with pytest.raises(UserError, match="can't name a list"):
        render(workspace(tmp_path, told={LIST: {**TOLD[LIST], "file": "../../secret.csv"}}))
