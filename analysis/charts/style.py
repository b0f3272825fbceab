"""House style: colours, type and the way a figure becomes an SVG. The same bytes on every machine.

Colours are the Government Analysis Function's; its lightest blue and grey fail 3:1 against white and are darkened.
https://analysisfunction.civilservice.gov.uk/policy-store/data-visualisation-colours-in-charts/
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY, PURPLE = (
    "#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1",
)  # fmt: skip
CATEGORICAL = (DARK_BLUE, ORANGE, TURQUOISE, DARK_PINK, PURPLE, DARK_GREY)
# Every series has its own mark and dash as well as its own colour.
MARKERS = ("o", "s", "^", "D", "v", "P")
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1)), (0, (8, 2)))
HATCHES = ("", "///", "\\\\\\", "xx", "--", "||")
# The same colours dark enough for words on white (4.5:1 and more).
INKS = (DARK_BLUE, "#B0450A", "#1B7268", DARK_PINK, "#6A4FA3", DARK_GREY)
QUIET = "#6E6E6E"  # 5.1:1 on white, where the Analysis Function's #BFBFBF has 1.8:1
GRID = "#D9D9D9"
# Special cause in the NHS Making Data Count manner; its blue (2.5:1) becomes the Analysis Function's #2073BC (5.0:1).
HIGHER, LOWER = "#C2510A", "#2073BC"

# Inches. A column of an A4 page, and still legible when a phone shrinks it to 360 pixels.
WIDTH, HEIGHT = 6.0, 3.5
# What matplotlib draws every SVG with: words measured once for the layout are measured for the drawing too.
SVG_DOTS_PER_INCH = 72

_STYLE = MappingProxyType({
    "font.family": ["DejaVu Sans"],  # comes with matplotlib, so every machine has it
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.labelsize": 11,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": DARK_GREY,
    "axes.titlepad": 10,
    "axes.titley": 1.0,  # nothing stands on the upper edge, so no place for the title need be looked for
    "axes.edgecolor": QUIET,
    "axes.labelcolor": DARK_GREY,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.prop_cycle": mpl.cycler(color=list(CATEGORICAL)),
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": DARK_GREY,
    "ytick.color": DARK_GREY,
    "ytick.major.size": 0,
    "xtick.major.size": 4,
    "text.color": DARK_GREY,
    "lines.linewidth": 2.2,
    "lines.markersize": 6,
    "hatch.linewidth": 0.7,
    "hatch.color": "white",
    "patch.linewidth": 0.6,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
    # Text as outlines: it looks the same in a browser, in Typst and in Word; the words are in the alternative text.
    "svg.fonttype": "path",
    "path.simplify": False,
})  # fmt: skip


# Whether the style is in force already: setting every default takes longer than drawing a line.
_within: ContextVar[bool] = ContextVar("within the house style", default=False)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw within this: matplotlib's own defaults, whatever a user's matplotlibrc says, and ours on top."""
    if _within.get():
        yield
        return
    token = _within.set(True)
    try:
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(_STYLE)
            yield
    finally:
        _within.reset(token)


def blank(height: float = HEIGHT, width: float = WIDTH) -> tuple[Figure, Axes]:
    """A figure with one set of axes, outside pyplot's registry so that nothing is shown twice or kept alive."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots()


def unit_above(axes: Axes, words: str) -> None:
    """The unit where it is read first, level, above the axis."""
    axes.set_title(words, fontsize=10.5)


def nothing_to_show(axes: Axes, why: str = "No values that can be shown") -> None:
    axes.text(0.5, 0.5, why, transform=axes.transAxes, ha="center", va="center", color=QUIET)
    axes.set_axis_off()


def render(figure: Figure, salt: str) -> str:
    """The figure as SVG text, with no date, no software name, and identifiers that hang on `salt` alone.

    Different salts keep the identifiers of two figures in one page apart.
    """
    with house_style(), mpl.rc_context({"svg.hashsalt": salt}):
        figure.set_dpi(SVG_DOTS_PER_INCH)
        # Laid out once, not again when it is written.
        for axes in figure.axes:
            # Looking for a place for no words takes as long as for words.
            if not axes.get_xlabel():
                axes.xaxis.set_label_coords(0.5, 0)
            if not axes.get_ylabel():
                axes.yaxis.set_label_coords(0, 0.5)
        figure.get_layout_engine().execute(figure)
        figure.set_layout_engine(None)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = drawn.getvalue()
    return "\n".join(line.rstrip() for line in text[text.index("<svg") :].splitlines()) + "\n"
