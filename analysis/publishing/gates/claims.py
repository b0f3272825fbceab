"""Is everything that the narrative claims so, beyond what chance would give?"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.publishing.gates.context import Context, Failure

NAME = "claims"


def failures(context: Context) -> Iterator[Failure]:
    """Every claim that doesn't hold, in every document that shows it."""
    for judged in context.claims.values():
        for placed, verdict in judged:
            if not verdict.holds:
                yield Failure(NAME, placed.file, placed.line, verdict.told)
