"""Does every picture say in words what it shows? (In PDF, Typst refuses PDF/UA-1 without.)"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.publishing import reading
from analysis.publishing.gates.context import Context, Failure

NAME = "alternative-text"


def failures(context: Context) -> Iterator[Failure]:
    for file, path in context.files(".html"):
        for number, (_, alternative) in enumerate(reading.html(path).images, 1):
            if not (alternative or "").strip():
                yield Failure(NAME, file, 0, f"picture {number} has no alternative text (fig-alt)")
    for file, path in context.files(".docx"):
        for number, (_, alternative) in enumerate(reading.docx_pictures(path), 1):
            if not alternative.strip():
                yield Failure(NAME, file, 0, f"picture {number} has no alternative text (fig-alt)")
