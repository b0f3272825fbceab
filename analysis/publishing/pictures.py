"""A figure's SVG as a PNG, for Word, which can't be relied on to show an SVG. Drawn by Typst: its words are outlines already."""

from __future__ import annotations

from pathlib import Path

DOTS_PER_INCH = 200
_PAGE = '#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("/{}")'


def png(svg: Path) -> bytes:
    """The picture as it is in the SVG, white behind. Raises UserError where the SVG can't be drawn."""
    import typst

    from analysis.reference.project import UserError

    try:
        return typst.compile(_PAGE.format(svg.name).encode(), root=str(svg.parent), format="png", ppi=DOTS_PER_INCH)
    except typst.TypstError as error:
        raise UserError(
            f"the picture {svg.name} can't be drawn for Word ({error.message}); run the review again"
        ) from None
