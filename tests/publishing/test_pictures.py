"""Figures for Word: a PNG of the SVG that the notebook drew."""

from __future__ import annotations

import struct

import fixtures
import pytest

from analysis.publishing import pictures
from analysis.reference.project import UserError


def test_the_picture_has_the_size_of_the_svg_and_the_same_bytes_each_time(tmp_path):
    svg = tmp_path / "chart.svg"
    svg.write_bytes(fixtures.picture())
    png = pictures.png(svg)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == (round(6.4 * pictures.DOTS_PER_INCH), round(3.4 * pictures.DOTS_PER_INCH))
    assert pictures.png(svg) == png


def test_a_damaged_svg_is_named(tmp_path):
    (tmp_path / "chart.svg").write_text("<svg")
    with pytest.raises(UserError, match=r"chart\.svg"):
        pictures.png(tmp_path / "chart.svg")
