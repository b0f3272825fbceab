"""Is every acronym in the glossary, and every acronym of the glossary in a document?"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.publishing import sources
from analysis.publishing.documents import documents_for
from analysis.publishing.gates.context import Context, Failure
from analysis.publishing.narrative import acronyms

NAME = "acronyms"


def failures(context: Context) -> Iterator[Failure]:
    """Of each document that has a glossary. The documents share one, of which each shows the part that it uses
    (report/filters/glossary.lua), so an entry is too many where none of them uses it. What hides for want of a return
    counts as used. While a return is wanting, or a document is made for others, what its tables would use can't be told."""
    values = context.promoted.texts
    mine, every = documents_for(context.home, context.promoted.audience), documents_for(context.home)
    if not (context.home / acronyms.GLOSSARY).is_file():
        return
    defined = acronyms.defined((context.home / acronyms.GLOSSARY).read_text(encoding="utf-8"))
    found: set[str] = set()
    with_glossary: list[str] = []
    for name, path in every.items():
        source = sources.read(path, context.home)
        if acronyms.GLOSSARY not in source.included:
            continue
        with_glossary.append(path)
        used = {one.acronym: one for one in acronyms.used(source, values)}
        found |= set(used)
        for acronym in sorted(set(used) - set(defined)) if name in mine else ():
            one = used[acronym]
            yield Failure(NAME, one.file, one.line, f"the acronym {acronym} isn't in the glossary; define it in {acronyms.GLOSSARY}, or write it out")  # fmt: skip
    if not with_glossary or mine != every or not all(context.promoted.available.values()):
        return
    for acronym in sorted(set(defined) - found):
        yield Failure(NAME, acronyms.GLOSSARY, defined[acronym], f"the acronym {acronym} is defined and {' and '.join(with_glossary)} never {'use' if len(with_glossary) > 1 else 'uses'} it; take it out")  # fmt: skip
