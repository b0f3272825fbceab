"""The approval of an edition: a role, a body and a day, of that edition alone."""

from __future__ import annotations

import datetime as dt

import pytest

from analysis.publishing.snippets import sign_off as shown
from analysis.reference.project import UserError
from analysis.reference.sign_off import SignOff, sign_off

ENTRY = {
    "role": "Chair of the *board*",
    "body": "Improvement Board",
    "date": dt.date(2018, 12, 14),
    "quarter": "2018-19-Q2",
}


def settings(**changes):
    entry = {key: value for key, value in (ENTRY | changes).items() if value is not None}
    return {"default_authority": "929", "sign_off": entry}


def test_it_is_of_its_edition_alone():
    assert sign_off("929", "2018-19-Q2", settings()) == SignOff(
        "Chair of the *board*", "Improvement Board", ENTRY["date"]
    )
    assert sign_off("929", "2018-19-Q3", settings()) is None
    assert sign_off("204", "2018-19-Q2", settings()) is None
    assert sign_off("204", "2018-19-Q2", settings(authority="204")) is not None
    assert sign_off("929", "2018-19-Q2", {"default_authority": "929"}) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"role": None}, "role is missing"),
        ({"body": " "}, "body is missing"),
        ({"quarter": "2018"}, "quarter: "),
        ({"date": "2018-12-14"}, "date must be a day"),
        ({"date": dt.datetime(2018, 12, 14)}, "date must be a day"),
        ({"name": "A. Person"}, "there is no 'name'"),
    ],
)
def test_what_is_wrong_is_told(changes, told):
    with pytest.raises(UserError, match=rf"settings\.toml, \[sign_off\]: .*{told}" if told[0] != "t" else told):
        sign_off("929", "2018-19-Q2", settings(**changes))


def test_it_is_shown_in_words_and_absent_where_unset():
    assert shown(None).strip() == ""
    text = shown(sign_off("929", "2018-19-Q2", settings()))
    assert "Approved by the Improvement Board on 14 December 2018." in text
    assert "Signed off by the Chair of the \\*board\\*." in text


def test_the_project_itself_is_signed_off_by_nobody():
    """It is made from invented children."""
    assert sign_off("929", "2018-19-Q2") is None
