"""Is every figure in a sentence bound to a finding, and none typed?"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.publishing.gates.context import Context, Failure
from analysis.publishing.narrative import bare_figures, prose
from analysis.reviews.priorities import entries
from analysis.reviews.priorities.nodes import Words

NAME = "bare-figures"
_MOST_SUGGESTED = 3


def failures(context: Context) -> Iterator[Failure]:
    policy = bare_figures.policy(context.home)
    for source in prose.read(context.home):
        for one in bare_figures.bare_figures(source, policy):
            yield Failure(NAME, one.file, one.line, f"'{one.text}' is typed; {_how(one.text, context)}")
    for words in _priorities(context):
        for one in bare_figures.bare_figures(prose.prose(entries.FILE.name, words.text), policy):
            line = words.line + one.line - 1
            yield Failure(NAME, f"report/{entries.FILE.name}", line, f"'{one.text}' is typed; name the indicator under 'impact', which brings its figures")  # fmt: skip


def _priorities(context: Context) -> Iterator[Words]:
    """What people wrote in report/priorities.yml; it reaches the documents through a review's table."""
    held = entries.plan(context.home / "report" / entries.FILE.name)
    return held.texts() if held else iter(())


def _how(text: str, context: Context) -> str:
    alike = [name for name, value in context.promoted.texts.items() if value == text][:_MOST_SUGGESTED]
    bind = " or ".join(f"{{{{< var {name} >}}}}" for name in alike) or "{{< var review.value.now >}} (docs/findings.md)"
    return (
        f"name the finding, {bind}; or, where the number isn't one of the data, allow it in "
        f"{bare_figures.ALLOWED.as_posix()} with a reason (docs/narrative.md)"
    )
