"""Who may be given a list with a row a child: officers only, as a file of its own, never inside a document."""

from __future__ import annotations

LISTS_OF_CHILDREN = frozenset({"internal"})


def may_list_children(audience: str) -> bool:
    """Whether `audience` may be given a list of children."""
    return audience in LISTS_OF_CHILDREN
