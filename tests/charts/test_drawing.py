"""Charts: drawn from released data alone, the same bytes each time, nothing said by colour only."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from analysis.charts import bars, control, lines, style, survival, waterfall
from analysis.disclosure import release

QUARTERS = pd.date_range("2015-06-30", periods=14, freq="QE")


def rates(audience="public", counts=None):
    frame = pd.DataFrame({"end": QUARTERS, "rate": np.linspace(80, 60, 14), "n": counts or [90] * 14})
    return release(frame, audience, counts=["n"], derived={"rate": ["n"]})


def words(figure) -> list[str]:
    axes = figure.axes[0]
    texts = [*axes.texts, axes.title, axes._left_title, *axes.get_xticklabels(), *axes.get_yticklabels()]
    legend = axes.get_legend()
    return [t.get_text() for t in texts if t.get_text()] + (
        [t.get_text() for t in legend.get_texts()] if legend else []
    )


def draw(kind):
    if kind == "line":
        return lines.over_time(rates(), "end", "rate", "rate_per_10000")
    if kind == "bars":
        frame = pd.DataFrame({"s": ["Police", "Schools"], "n": [120, 3]})
        return bars.by_category(release(frame, "public", counts=["n"]), "s", "n", "count")
    if kind == "side":
        frame = pd.DataFrame({"end": QUARTERS, "a": 60, "b": [50] * 13 + [2]})
        return bars.side_by_side(release(frame, "public", counts=["a", "b"]), "end", {"a": "In", "b": "Out"}, "count")
    if kind == "stacked":
        frame = pd.DataFrame({"end": QUARTERS[:4], "a": 60, "b": 40})
        return bars.stacked(release(frame, "public", counts=["a", "b"]), "end", {"a": "In", "b": "Out"}, "count")
    if kind == "control":
        months = pd.DataFrame(
            {
                "m": pd.date_range("2016-01-01", periods=20, freq="MS"),
                "n": [30] * 19 + [60],
                "k": [""] * 19 + ["higher"],
            }
        )
        return control.chart(release(months, "public", counts=["n"]), "m", "n", control.Limits(31, 25, 37), special="k")
    if kind == "waterfall":
        frame = pd.DataFrame(
            {"l": ["Was", "More", "Fewer", "Is"], "v": [234, 144, -60, 318], "k": ["total", "step", "step", "total"]}
        )
        return waterfall.waterfall(release(frame, "public", counts=["v"]), "l", "v", "k")
    frame = pd.DataFrame({"t": np.arange(10.0, 800, 50), "s": np.linspace(95, 20, 16), "n": 90})
    return survival.curves(release(frame, "public", counts=["n"], derived={"t": [], "s": ["n"]}), "t", "s")


KINDS = ["line", "bars", "side", "stacked", "control", "waterfall", "survival"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_whatever_the_users_settings(kind):
    first = style.render(draw(kind), f"fig-x-{kind}")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.hashsalt": "other", "lines.linewidth": 9}):
        assert style.render(draw(kind), f"fig-x-{kind}") == first
    assert first.startswith("<svg")
    assert "Matplotlib" not in first
    assert "<dc:date>" not in first


def test_a_withheld_point_is_a_gap_and_marked():
    figure = lines.over_time(rates(counts=[90] * 6 + [4] + [90] * 7), "end", "rate", "rate_per_10000")
    (line,) = figure.axes[0].lines
    assert np.isnan(line.get_ydata()[6])
    assert np.isfinite(np.delete(line.get_ydata(), 6)).all()
    assert "c" in words(figure)


def test_a_withheld_bar_has_no_length_and_says_c():
    figure = draw("bars")
    assert [patch.get_width() for patch in figure.axes[0].patches] == [120, 0]
    assert {"120", "c"} <= set(words(figure))


def test_a_waterfall_with_a_withheld_step_is_not_drawn():
    frame = pd.DataFrame({"l": ["Was", "More", "Is"], "v": [100, 3, 103], "k": ["total", "step", "total"]})
    figure = waterfall.waterfall(release(frame, "public", counts=["v"]), "l", "v", "k")
    assert not figure.axes[0].patches
    assert "Withheld: a step is from 1 to 5" in words(figure)
    assert "3" not in words(figure)


def test_a_waterfalls_steps_stand_on_one_another():
    bottoms = [(p.get_y(), p.get_height()) for p in draw("waterfall").axes[0].patches]
    assert bottoms == [(0, 234), (234, 144), (378, -60), (0, 318)]
    assert {"+144", "−60"} <= set(words(draw("waterfall")))


def test_special_cause_has_a_shape_and_a_name():
    figure = draw("control")
    shapes = [len(c.get_offsets()) for c in figure.axes[0].collections]
    assert shapes == [19, 1]
    paths = [tuple(map(tuple, c.get_paths()[0].vertices.round(3))) for c in figure.axes[0].collections]
    assert len(set(paths)) == 2
    assert "special cause: higher" in words(figure)


def test_lines_are_named_at_their_ends_and_told_apart_by_more_than_colour():
    two = pd.concat(
        [pd.DataFrame({"end": QUARTERS, "v": 50.0 + k, "s": name, "n": 90}) for k, name in enumerate("AB")],
        ignore_index=True,
    )
    figure = lines.over_time(
        release(two, "public", counts=["n"], derived={"v": ["n"]}), "end", "v", "percent", series="s"
    )
    drawn = figure.axes[0].lines
    assert len({(line.get_linestyle(), line.get_marker()) for line in drawn}) == 2
    assert {"A\n50%", "B\n51%"} <= set(words(figure))
    many = pd.DataFrame({"end": QUARTERS[:7], "v": 1.0, "s": list("ABCDEFG"), "n": 90})
    with pytest.raises(ValueError, match="7 lines can't be told apart"):
        lines.over_time(release(many, "public", counts=["n"], derived={"v": ["n"]}), "end", "v", "percent", series="s")


@pytest.mark.parametrize("kind", ["line", "bars", "side", "stacked"])
def test_nothing_to_show_is_said(kind):
    nothing = release(
        pd.DataFrame({"x": pd.Series(dtype="datetime64[us]"), "n": pd.Series(dtype="Int64")}), "public", counts=["n"]
    )
    figure = {
        "line": lambda: lines.over_time(nothing, "x", "n", "count"),
        "bars": lambda: bars.by_category(nothing, "x", "n", "count"),
        "side": lambda: bars.side_by_side(nothing, "x", {"n": "N"}, "count"),
        "stacked": lambda: bars.stacked(nothing, "x", {"n": "N"}, "count"),
    }[kind]()
    assert "No values that can be shown" in words(figure)


def luminance(colour: str) -> float:
    channels = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


@pytest.mark.parametrize(
    ("colour", "least"),
    [*((c, 3.0) for c in (*style.CATEGORICAL, style.QUIET, style.HIGHER, style.LOWER)), *((c, 4.5) for c in (*style.INKS, style.DARK_GREY))],
)  # fmt: skip
def test_colours_stand_out_on_white(colour, least):
    assert 1.05 / (luminance(colour) + 0.05) >= least
