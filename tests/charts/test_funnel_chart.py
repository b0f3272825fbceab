"""Funnel charts: this authority and its neighbours told apart by shape, limits by dash, and the words that go with it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.charts import funnel, style
from analysis.charts.describe_funnel import funnel as described
from analysis.disclosure import release
from analysis.methods import funnel_plots

NAMES = ["Here", "Next", "Near", *[f"Other {n}" for n in range(20)]]


def drawn(audience="public", usual=True, rows=23, smallest=300):
    sizes = np.linspace(8_000, 300_000, 23)
    frame = pd.DataFrame({
        "name": NAMES, "numerator": np.append(np.round(sizes[:22] * 0.006), smallest).astype(int), "size": sizes.astype(int),
        "kind": [funnel.THIS, funnel.NEIGHBOUR, funnel.NEIGHBOUR, *[funnel.OTHER] * 20],
    }).head(rows)  # fmt: skip
    frame["value"] = 10_000 * frame["numerator"] / frame["size"]
    data = release(frame, audience, counts=["numerator", "size"], derived={"value": ["numerator"]})
    grid = np.geomspace(7_000, 320_000, 50)
    chance = 10_000 * funnel_plots.exact_limits(funnel_plots.RATE, grid, 0.006)
    wide = 10_000 * funnel_plots.additive_limits(funnel_plots.RATE, grid, 0.006, 0.01)
    return data, funnel.Bands(60.0, "England", grid, chance, wide if usual else None)


def chart(data, bands):
    return funnel.chart(data, bands, "rate_per_10000", name="Here", words="For every 10,000", size_words="Children")


def test_kinds_differ_by_shape_and_limits_by_dash():
    axes = chart(*drawn()).axes[0]
    shapes = {tuple(map(tuple, dots.get_paths()[0].vertices.round(3))) for dots in axes.collections if len(dots.get_offsets()) and len(dots.get_sizes())}  # fmt: skip
    assert len(shapes) == 3
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == ["chance and usual differences, 99.8%", "chance alone, 95%", "chance alone, 99.8%", "other authorities", "statistical neighbours", "Here"]  # fmt: skip
    assert (
        len({line.get_linestyle() for line in axes.lines if line.get_label().startswith("chance")}) == 2
        or len({str(line._unscaled_dash_pattern) for line in axes.lines if line.get_label().startswith("chance")}) == 2
    )


def test_the_same_bytes_each_time():
    assert style.render(chart(*drawn()), "a") == style.render(chart(*drawn()), "a")


def test_a_withheld_point_is_neither_drawn_nor_told():
    data, bands = drawn(smallest=4)
    axes = chart(data, bands).axes[0]
    points = sum(len(dots.get_offsets()) for dots in axes.collections if len(dots.get_sizes()))
    assert points == 22
    told = described(data, bands, "rate_per_10000", "Plans", "Here", "It is inside.")
    assert "22 authorities by size, from 59.9 to 60.2" in told


def test_words_say_what_is_drawn():
    told = described(*drawn(), "rate_per_10000", "Plans started", "Here", "It is inside.")
    assert told.startswith(
        "Funnel plot of plans started: 23 authorities by size, from 10.0 to 60.2, around England at 60.0"
    )
    assert "A shaded band" in told
    assert "2 statistical neighbours run from 59.9 to 60.2." in told
    assert told.endswith("Here is marked by a star. It is inside.")
    data, bands = drawn(usual=False)
    assert "shaded" not in described(data, bands, "rate_per_10000", "Plans", "Here", "")


def test_nothing_to_show():
    data, _ = drawn(rows=0)
    assert "No published figures" in chart(data, None).axes[0].texts[0].get_text()
    assert "There is nothing to show. Why." in described(data, None, "percent", "Plans", "Here", "Why.")
