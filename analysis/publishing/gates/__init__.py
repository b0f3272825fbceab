"""Questions that every document must answer before it is published. A gate is a function of the whole publication
that lists failures; a new gate is a module here and a line in GATES."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analysis.publishing.gates import (
    acronyms,
    alternative_text,
    bare_figures,
    claims,
    comparators,
    evidence,
    identifiers,
    links,
    machine_traces,
    marks,
    prompts,
)
from analysis.publishing.gates.context import Context, Failure


@dataclass(frozen=True)
class Gate:
    name: str
    question: str
    failures: Callable[[Context], Iterable[Failure]]


GATES = (
    Gate("evidence", "Does every value, figure, table and reference come from a finding?", evidence.failures),
    Gate("bare-figures", "Is every figure in a sentence bound to a finding, and none typed?", bare_figures.failures),
    Gate("claims", "Is everything that the narrative claims so, beyond what chance would give?", claims.failures),
    Gate("prompts", "Has every section been written?", prompts.failures),
    Gate("acronyms", "Is every acronym in the glossary, and every one of the glossary used?", acronyms.failures),
    Gate(
        "comparators",
        "Does every comparator say whose it is, of which year, and what sets it apart?",
        comparators.failures,
    ),
    Gate("identifiers", "Is every child, worker and family unidentifiable?", identifiers.failures),
    Gate("alternative-text", "Does every picture say in words what it shows?", alternative_text.failures),
    Gate("marks", "Does every document say what it is made of and for whom?", marks.failures),
    Gate("links", "Does every link lead somewhere?", links.failures),
    Gate("machine-traces", "Is every output free of the machine and the moment that made it?", machine_traces.failures),
)


def run(context: Context, gates: Iterable[Gate] = GATES) -> list[Failure]:
    """Every failure of every gate, in order of gate, file and line."""
    return [failure for gate in gates for failure in sorted(set(gate.failures(context)))]


__all__ = ["GATES", "Context", "Failure", "Gate", "run"]
