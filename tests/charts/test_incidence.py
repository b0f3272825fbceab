"""Lines of ways to end: what is withheld leaves a gap, names stay apart, and words say what the eye would see."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.charts import incidence
from analysis.charts.style import render
from analysis.disclosure import release

FRAME = pd.DataFrame({
    "months": [0.0, 6.0, 12.0] * 2, "ending": ["Moved"] * 3 + ["Went home"] * 3, "at_risk": [90, 60, 40] * 2,
    "ended": [0, 3, 12, 0, 20, 22], "share": [0.0, 4.0, 20.0, 0.0, 22.0, 24.0], "lower": [0.0, 2.0, 12.0, 0.0, 15.0, 16.0],
    "upper": [0.0, 9.0, 30.0, 0.0, 30.0, 33.0],
})  # fmt: skip


def released(audience: str, frame: pd.DataFrame = FRAME):
    rests = ("at_risk", "ended")
    return release(
        frame, audience, counts=rests, derived={"months": (), **dict.fromkeys(("share", "lower", "upper"), rests)}
    )


def lines_of(figure) -> list[np.ndarray]:
    return [line.get_ydata() for line in figure.axes[0].get_lines()]


def test_a_withheld_point_is_a_gap_and_never_a_zero():
    inside, outside = (
        incidence.curves(released(audience), "months", "share", "ending") for audience in ("internal", "public")
    )
    assert lines_of(inside)[0].tolist() == [0, 4, 20]
    assert np.isnan(lines_of(outside)[0][1])
    assert lines_of(outside)[0][2] == 20


def test_each_line_is_named_at_its_end_and_no_two_names_touch():
    figure = incidence.curves(released("internal"), "months", "share", "ending", lower="lower", upper="upper")
    names = sorted(figure.axes[0].texts, key=lambda text: text.xy[1])
    assert [text.get_text() for text in names] == ["Moved\n20%", "Went home\n24%"]
    gap = names[1].xy[1] - names[0].xy[1]
    assert gap >= 0.12 * figure.axes[0].get_ylim()[1] - 1e-9


def test_the_same_bytes_each_time():
    drawn = [render(incidence.curves(released("public"), "months", "share", "ending"), "fig-a") for _ in range(2)]
    assert drawn[0] == drawn[1]


def test_nothing_to_show_is_said():
    figure = incidence.curves(released("public", FRAME.iloc[:0]), "months", "share", "ending")
    assert figure.axes[0].texts[0].get_text() == "No values that can be shown"
    assert incidence.described(released("public", FRAME.iloc[:0]), "months", "share", "ending", "ends").endswith(
        "There is nothing to show."
    )


def test_words_for_those_who_cannot_see_it():
    said = incidence.described(released("public"), "months", "share", "ending", "how placements end")
    assert said == (
        "Line chart of how placements end. Moved: c at 6 months and 20% at 12 months. Went home: 22% at 6 months and 24% at 12 months."
    )
    with pytest.raises(ValueError, match="is not a unit"):
        incidence.described(released("public"), "months", "share", "ending", "ends", unit="furlongs")
