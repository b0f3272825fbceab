"""Lists of children beside a publication, for officers only: files of their own, in no document."""

from __future__ import annotations

import shutil
from pathlib import Path

from analysis.disclosure.lists import may_list_children
from analysis.publishing.promote import Promoted
from analysis.reference.project import UserError


def place(promoted: Promoted, outputs: Path) -> dict[str, str]:
    """Copies each review's lists into the publication; gives the title of each by its file there.

    Raises UserError where findings of an audience that may see none hold one, where two reviews give one of the same
    name, and where a list's file is gone.
    """
    placed: dict[str, str] = {}
    for review in promoted.reviews.values():
        for name, listed in sorted(review.lists.items()):
            if not may_list_children(promoted.audience):
                raise UserError(
                    f"{review.name} holds a list of children, which is never for {promoted.audience}; run the review again"
                )
            file = f"{name}.csv"
            if file in placed:
                raise UserError(f"two reviews give a list called {name}; rename the one of {review.name}")
            source = review.folder / listed["file"]
            if not source.is_file():
                raise UserError(
                    f"{review.name}/{listed['file']} is missing; run: selfassess review {review.name} --force"
                )
            shutil.copyfile(source, outputs / file)
            placed[file] = str(listed["title"])
    return dict(sorted(placed.items()))
