"""Does every link lead somewhere: to a place in the page, or to a file of the same publication?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from analysis.publishing import reading
from analysis.publishing.gates.context import Context, Failure

NAME = "links"


def failures(context: Context) -> Iterator[Failure]:
    for file, path in context.files(".html"):
        page = reading.html(path)
        for identifier, times in Counter(page.ids).items():
            if times > 1:
                yield Failure(NAME, file, 0, f"two places are called '{identifier}'; give one its own {{#identifier}}")
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme in ("http", "https", "mailto"):
                continue
            if parts.scheme or link.startswith("/"):
                yield Failure(NAME, file, 0, f"the link '{link}' leads out of the publication")
            elif not parts.path:
                if parts.fragment and unquote(parts.fragment) not in page.ids:
                    yield Failure(NAME, file, 0, f"the link '{link}' leads to nothing in the page")
            elif not (path.parent / unquote(parts.path)).exists():
                yield Failure(NAME, file, 0, f"the link '{link}' leads to a file that is not there")
