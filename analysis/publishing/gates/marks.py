"""Does every document say what it is made of and for whom, on its first page and in every running head?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analysis.publishing import reading, wording
from analysis.publishing.gates.context import Context, Failure

NAME = "marks"
# The first page of a Word or HTML document is reckoned in characters of text.
FIRST_PAGE = 3000


def failures(context: Context) -> Iterator[Failure]:
    promoted = context.promoted
    wanted = wording.running_head(simulated=promoted.simulated, audience=promoted.audience, draft=context.draft)
    for file, path in context.files():
        first, heads = _first_page_and_heads(path)
        if promoted.simulated and wording.SIMULATED_TITLE not in first:
            yield Failure(NAME, file, 0, "does not say on its first page that its data are simulated")
        for mark in wanted:
            bare = [number for number, head in enumerate(heads, 1) if mark not in head]
            if bare or not heads:
                where = f"page {bare[0]}" if len(heads) > 1 else "it"
                yield Failure(NAME, file, 0, f"the running head of {where} does not say '{mark}'")


def _first_page_and_heads(path: Path) -> tuple[str, list[str]]:
    pages = reading.pages(path)
    if path.suffix == ".pdf":
        return pages[0], pages
    if path.suffix == ".docx":
        return pages[0][:FIRST_PAGE], reading.running_heads(path)
    return pages[0][:FIRST_PAGE], [pages[0][:FIRST_PAGE]]
