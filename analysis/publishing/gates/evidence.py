"""Does every value, figure, table and reference come from a finding?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analysis.publishing import reading
from analysis.publishing.gates.context import Context, Failure
from analysis.publishing.promote import NEVER_RUN, UNAVAILABLE

# What either renderer leaves in the text where something can't be resolved.
_LEFTOVER = re.compile(r"\?(?:@|var:|meta:|invalid )[\w.:-]+|\{\{<[^>]*>\}\}")
NAME = "evidence"


def failures(context: Context) -> Iterator[Failure]:
    for faults in context.faults.values():
        for fault in faults:
            yield Failure(NAME, fault.file, fault.line, fault.message)
    for name, review in context.promoted.reviews.items():
        if not review.available and any(need.startswith(NEVER_RUN) for need in review.needs):
            yield Failure(NAME, "report", 0, f"the review {name} has not been run; run: selfassess review {name}")
    for file, path in context.files():
        text = " ".join(reading.pages(path))
        for found in sorted(set(_LEFTOVER.findall(text))):
            yield Failure(NAME, file, 0, f"'{found}' was never resolved")
        if UNAVAILABLE in text:
            yield Failure(NAME, file, 0, "shows a value of a review that could not run; put it inside when-meta")
