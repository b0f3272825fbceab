"""Has every section that `selfassess new-edition` made been written?"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.publishing.gates.context import Context, Failure
from analysis.publishing.narrative import prose
from analysis.publishing.new_edition import PROMPT

NAME = "prompts"


def failures(context: Context) -> Iterator[Failure]:
    for path in prose.sources(context.home):
        file = path.relative_to(context.home).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if f'title="{PROMPT}"' in line:
                yield Failure(NAME, file, number, "a prompt still stands here; write what it asks for, and take it out")
