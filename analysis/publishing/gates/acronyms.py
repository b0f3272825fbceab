"""Is every acronym in the glossary, and every acronym of the glossary in the document?"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.publishing import sources
from analysis.publishing.gates.context import Context, Failure
from analysis.publishing.narrative import acronyms, prose

NAME = "acronyms"


def failures(context: Context) -> Iterator[Failure]:
    """Of each document that has a glossary. What hides for want of a return counts as used, and while one is wanting,
    what its tables would use can't be told."""
    values = context.promoted.texts
    for path in prose.sources(context.home):
        if path.parent.name != "report":
            continue
        source = sources.read(path.relative_to(context.home).as_posix(), context.home)
        if acronyms.GLOSSARY not in source.included:
            continue
        defined = acronyms.defined((context.home / acronyms.GLOSSARY).read_text(encoding="utf-8"))
        used = {one.acronym: one for one in acronyms.used(source, values)}
        for name in sorted(set(used) - set(defined)):
            one = used[name]
            yield Failure(NAME, one.file, one.line, f"the acronym {name} isn't in the glossary; define it in {acronyms.GLOSSARY}, or write it out")  # fmt: skip
        for name in sorted(set(defined) - set(used)) if all(context.promoted.available.values()) else ():
            yield Failure(NAME, acronyms.GLOSSARY, defined[name], f"the acronym {name} is defined and {source.path} never uses it; take it out")  # fmt: skip
