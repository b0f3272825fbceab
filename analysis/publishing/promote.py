"""Lays findings out where narrative can reach them: `_variables.yml`, snippets, notices, metadata and pictures.

Everything goes to `<project>/build/current/` except `_variables.yml`, which Quarto reads at the project's root only.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from analysis.publishing import mentions, pictures, placing, reference_docx, snippets, wording
from analysis.publishing.findings_folders import Review, load
from analysis.publishing.mentions import Mentions
from analysis.publishing.register import entries
from analysis.publishing.text import markdown
from analysis.reference import project
from analysis.reference.calendar import Quarter
from analysis.reference.project import UserError
from analysis.reference.sign_off import sign_off

# Stands where narrative names a value of a review that couldn't run. Such narrative is hidden; a gate looks for this.
UNAVAILABLE = "not available in this edition"
NEVER_RUN = "a run of the review"
# The same safe dumper, in C where PyYAML has it.
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


@dataclass(frozen=True)
class Promoted:
    """What a project's documents now stand on. `reviews` are by name, absent ones included."""

    into: Path
    reviews: Mapping[str, Review]
    authority: str
    quarter: str
    audience: str
    simulated: bool

    @property
    def available(self) -> dict[str, bool]:
        return {name: review.available for name, review in self.reviews.items()}

    @property
    def values(self) -> dict[str, Mapping]:
        """Every value by the name that narrative gives it."""
        return {f"{one.variable}.{name}": value for one in self.reviews.values() for name, value in one.values.items()}

    @property
    def texts(self) -> dict[str, str]:
        """What stands for each value and statement in narrative."""
        said = {
            f"{one.variable}.{name}": text for one in self.reviews.values() for name, text in one.statements.items()
        }
        return {name: str(value.get("text", "")) for name, value in self.values.items()} | said


def promote(findings: Iterable[Path], into: Path, *, draft: bool = False, failures: Iterable[str] = ()) -> Promoted:
    """Writes the findings of one authority, quarter and audience into `<project>/build/current`.

    Reviews that the project's sources mention and that `findings` lacks or can't give are marked absent, and what
    the sources name of them is filled with stand-ins. `failures` are listed at the head of a draft.
    Raises UserError where findings can't be read, disagree, or there are none.
    """
    into = Path(into)
    home = into.parents[1]
    reviews = load(findings)
    if not reviews:
        raise UserError("there are no findings to publish; run: selfassess review")
    about = reviews[0]
    wording.check_audience(about.audience)
    named = mentions.mentions(home, about.audience, about.quarter)
    by_name = {review.name: review for review in reviews}
    for name in sorted(named.seen):
        by_name.setdefault(name, _never_run(name, about))
    promoted = Promoted(
        into=into,
        reviews=dict(sorted(by_name.items())),
        authority=about.authority,
        quarter=about.quarter,
        audience=about.audience,
        simulated=any(review.simulated for review in reviews),
    )
    partial = placing.beside(into)
    partial.mkdir(parents=True)
    try:
        for review in promoted.reviews.values():
            _write_review(review, partial / review.name, frozenset(named.snippets.get(review.name, ())))
        _write_stand_ins(partial, named)
        _write_commentary(partial / mentions.COMMENTARY, home, promoted, named)
        metadata = _metadata(promoted, draft, list(failures))
        _write(partial / "about" / "data.md", snippets.about_the_data(promoted.reviews.values()))
        approved = None if draft else sign_off(promoted.authority, promoted.quarter)
        _write(partial / "about" / "sign-off.md", snippets.sign_off(approved))
        _write(partial / "metadata.yml", _yaml(metadata))
        available = [review for review in promoted.reviews.values() if review.available]
        entries.write(partial, entries.EVIDENCE, entries.of_findings(available))
        reference_docx.write(partial / "reference.docx", head=metadata["marks"]["head"], draft=draft)
        variables = _yaml(_variables(promoted.reviews, named.values))
        placing.put_folder(partial, into)
        placing.put_text(variables, home / "_variables.yml")
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return promoted


def _never_run(name: str, about: Review) -> Review:
    return Review(
        name=name,
        folder=Path(),
        title=name,
        authority=about.authority,
        quarter=about.quarter,
        audience=about.audience,
        simulated=about.simulated,
        available=False,
        needs=(f"{NEVER_RUN} {name} for this quarter",),
    )


def _write_review(review: Review, folder: Path, mentioned: frozenset[str]) -> None:
    """`mentioned`: the snippets that the sources include. What none includes needs no picture for Word."""
    _write(folder / "needs.md", "\n" if review.available else snippets.needs(review))
    if not review.available:
        for name in sorted(mentioned - {"needs"}):
            _write(folder / f"{name}.md", "\n")
        return
    for label, figure in review.figures.items():
        _write(folder / f"{label}.md", snippets.figure(review, label, figure))
        shutil.copyfile(review.folder / figure["svg"], folder / f"{label}.svg")
        if label in mentioned:
            (folder / f"{label}.png").write_bytes(pictures.png(review.folder / figure["svg"]))
    for label, table in review.tables.items():
        _write(folder / f"{label}.md", snippets.table(label, table))


def _write_stand_ins(folder: Path, named: Mentions) -> None:
    """Empty files for what is named only where this audience doesn't see it, and isn't given to it."""
    for review in sorted(set(named.snippets) - {mentions.ABOUT, mentions.COMMENTARY}):
        for name in sorted(named.hidden_snippets(review)):
            if not (folder / review / f"{name}.md").exists():
                _write(folder / review / f"{name}.md", "\n")


def _write_commentary(folder: Path, home: Path, promoted: Promoted, named: Mentions) -> None:
    """For each slot, the comment that was written for this quarter, or that none was and where to write."""
    for area in sorted(named.snippets.get(mentions.COMMENTARY, ())):
        path = mentions.commentary(home, promoted.quarter, area)
        written = (home / path).is_file() and (home / path).read_text(encoding="utf-8").strip()
        text = f"{{{{< include /{path} >}}}}\n" if written else snippets.no_comment(path, promoted.audience)
        _write(folder / f"{area}.md", text)


def _variables(reviews: Mapping[str, Review], mentioned: Mapping[str, set[str]]) -> dict:
    tree: dict = {}
    # What this audience doesn't see is read all the same, and must be there.
    for variable in sorted(set(mentioned) - {review.variable for review in reviews.values()}):
        for name in sorted(mentioned[variable]):
            _plant(tree.setdefault(variable, {}), name, UNAVAILABLE, variable)
    for review in reviews.values():
        branch = tree.setdefault(review.variable, {})
        if review.available:
            named = {name: value.get("text", "") for name, value in review.values.items()} | dict(review.statements)
            for name, text in sorted(named.items()):
                # The filter evidence.lua finds by this what stands behind the value.
                bound = f'[{markdown(text)}]{{.bound name="{review.variable}.{name}"}}'
                _plant(branch, name, bound, review.name)
        else:
            for name in sorted(mentioned.get(review.variable, ())):
                _plant(branch, name, UNAVAILABLE, review.name)
    return tree


def _plant(branch: dict, dotted: str, text: str, review: str) -> None:
    *path, last = dotted.split(".")
    for step in path:
        branch = branch.setdefault(step, {})
        if not isinstance(branch, dict):
            raise UserError(f"{review}: '{dotted}' lies inside another value's name; rename one of them")
    if isinstance(branch.get(last), dict):
        raise UserError(f"{review}: '{dotted}' is both a value and a group of values; rename one of them")
    branch[last] = text


def _metadata(promoted: Promoted, draft: bool, failures: list[str]) -> dict:
    quarter = Quarter.parse(promoted.quarter)
    authority = project.authority(promoted.authority)
    moments = wording.moments(quarter)
    marks = {
        "head": " · ".join(wording.running_head(simulated=promoted.simulated, audience=promoted.audience, draft=draft)),
        "marking": wording.MARKINGS[promoted.audience],
        "draft": draft,
        "simulated-title": wording.SIMULATED_TITLE if promoted.simulated else "",
        "simulated-notice": wording.SIMULATED_NOTICE if promoted.simulated else "",
    }
    return {
        "subtitle": markdown(f"{authority.name}, as known at {moments['now']}"),
        "authority": markdown(authority.name),
        "board": markdown(authority.board),
        "director": markdown(authority.director),
        "quarter": str(quarter),
        "quarter-words": quarter.words,
        "audience": promoted.audience,
        "audience-label": wording.AUDIENCE_LABELS[promoted.audience],
        "simulated": promoted.simulated,
        "moments": moments,
        "marks": {**marks, **({"failures": [markdown(failure) for failure in failures]} if failures else {})},
        "available": promoted.available,
    }


def _yaml(content: Mapping) -> str:
    return yaml.dump(dict(content), Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=100000)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
