"""Reviews of the areas: each gives what docs/findings.md says, to whom it says, from the first quarter on."""

from __future__ import annotations

import re

import pytest
from findings_page import INVENTED_NOW, documented, withheld_from

from analysis.pipeline.reviews import find_reviews

# Tested on their own, in test_reviews.py and the tests of what they are made of.
OTHERS = ("child-protection-growth", "placement-stability", "data-quality", "front-door")
AREAS = [review.name for review in find_reviews() if review.name not in OTHERS]


@pytest.mark.parametrize("review", AREAS)
@pytest.mark.parametrize(
    ("quarter", "audience"), [("2015-16-Q1", "public"), (str(INVENTED_NOW), "board"), (str(INVENTED_NOW), "internal")]
)
def test_an_area_gives_what_its_page_says(two_years, here, review, quarter, audience):
    """A first quarter, in which little is known and most of it is small; and two years on."""
    found = here(two_years, review, quarter, audience)
    assert set(found) == set().union(*documented(review).values()) - withheld_from(review, audience)
    for item in found.values():
        if item["kind"] == "figure":
            assert all((item["caption"], item["alt"], item["data"]["columns"])), item["label"]
        elif item["kind"] == "value":
            assert all((item["title"], item["text"])), item["name"]
        elif item["kind"] == "statement":
            assert item["text"].endswith((".", "?")), item["name"]
        assert not re.search(
            r"\bnan\b|<NA>|\bNone\b|SIM[A-Z]?\d{5}", str(item.get("text", "")) + str(item.get("rows", ""))
        )
