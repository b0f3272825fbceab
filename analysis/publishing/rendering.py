"""Makes a publication: stages the project, renders each document in each format, runs the gates, puts it in place.

A publication is whole or not there: it is made beside its place and renamed into it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.publishing import bound, deep_dives, downloads, gates, lists, manifest, placing, portable, quarto, wording
from analysis.publishing.claims import Judge
from analysis.publishing.documents import documents_for, made_for
from analysis.publishing.gates import Context, Failure
from analysis.publishing.promote import Promoted, promote
from analysis.publishing.quarto import Choice
from analysis.publishing.register import table as register
from analysis.publishing.sources import Fault, SourceFaults
from analysis.reference.calendar import Quarter
from analysis.reference.project import UsageError, UserError, Workspace

FORMATS = portable.FORMATS
DEEP_DIVES = "deep-dives"


class NotPublished(UserError):
    """Gates failed, and nothing was published; `failures` says why."""

    def __init__(self, failures: Iterable[Failure], of: str = ""):
        self.failures = tuple(failures)
        told = "\n".join(f"  {failure}" for failure in self.failures)
        super().__init__(f"{of}nothing was published: {len(self.failures)} checks fail\n{told}")


class NotAllPublished(UserError):
    """Of several publications some were not published; `refused` says why, one by one."""

    def __init__(self, refused: Iterable[NotPublished]):
        self.refused = tuple(refused)
        super().__init__("\n".join(map(str, self.refused)))


@dataclass(frozen=True)
class Publication:
    """What `render` made: where, by which renderer, and what a draft leaves unresolved."""

    folder: Path
    paths: tuple[Path, ...]
    choice: Choice
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True)
class _Made:
    promoted: Promoted
    files: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    failures: tuple[Failure, ...]


def findings_of(workspace: Workspace, authority: str, quarter: Quarter | str, audience: str) -> list[Path]:
    """The findings folders of one authority, quarter and audience."""
    folder = workspace.build / "findings" / str(authority) / str(quarter) / wording.check_audience(audience)
    return sorted(path.parent for path in folder.glob("*/findings.json"))


def promote_current(workspace: Workspace, authority: str, quarter: Quarter | str, audience: str,
                    judge: Judge | None = None) -> Promoted | None:  # fmt: skip
    """Lays findings out in the project itself, so that `quarto render` works from a shell. Only the project's own
    workspace has a Quarto project to lay them out in: None for any other."""
    if workspace.home != workspace.root:
        return None
    promoted = promote(findings_of(workspace, authority, quarter, audience), workspace.root / "build" / "current")
    if judge:
        documents = documents_for(workspace.root, audience)
        found = bound.judged(workspace.root, documents, promoted, judge.given(promoted.values))
        bound.lay_out(promoted, found)
    return promoted


def render(workspace: Workspace, authority: str, quarter: Quarter | str, audience: str, *,
           documents: Iterable[str] | None = None, formats: Iterable[str] = FORMATS, renderer: str = "auto",
           draft: bool = False, identifiers: Iterable[str] = (), judge: Judge | None = None,
           progress: Callable[[str], object] = lambda words: None) -> Publication:  # fmt: skip
    """Publishes documents and deep dives to `published/<quarter>/<audience>/`, with manifest.json and index.html.

    `judge` tests what the narrative claims; without one, no claim is taken to hold. Raises NotPublished where a gate
    fails (a draft is published all the same, marked, with the failures listed at its head). Where the narrative was
    written for another edition and only claims fail, the publication is such a draft. Raises
    SourceFaults where a source uses what isn't supported, UsageError for an unknown name.
    """
    choice = quarto.choose(renderer)
    chosen, formats = _chosen(workspace, documents, audience), _formats(formats)
    into = workspace.published / str(quarter) / wording.check_audience(audience)
    outputs = placing.beside(into)
    about = (workspace, authority, quarter, audience, chosen, formats, choice, outputs)
    arguments = (*about, frozenset(identifiers), judge)
    try:
        made = _make(*arguments, draft=draft, failures=(), progress=progress)
        own = bound.is_edition(workspace.root, authority, str(quarter))
        if not draft and any(own or failure.gate != gates.claims.NAME for failure in made.failures):
            raise NotPublished(made.failures)
        draft = draft or bool(made.failures)
        if made.failures:
            made = _make(*arguments, draft=True, failures=made.failures, progress=progress)
        told = [str(failure) for failure in made.failures]
        titled = {name: (made.titles[name], files) for name, files in made.files.items()}
        listed = lists.place(made.promoted, outputs)
        manifest.write_index(outputs, made.promoted, titled, listed, downloads.made(outputs), draft=draft)
        manifest.write(
            outputs, made.promoted, made.files, {"name": choice.name, "version": choice.version},
            lists=listed, draft=draft, failures=told, root=workspace.root,
        )  # fmt: skip
        placing.put_folder(outputs, into)
    finally:
        shutil.rmtree(outputs, ignore_errors=True)
    paths = tuple(sorted(path for path in into.rglob("*") if path.is_file()))
    return Publication(into, paths, choice, made.failures)


def check(workspace: Workspace, authority: str, quarter: Quarter | str, audience: str, *,
          documents: Iterable[str] | None = None, formats: Iterable[str] = FORMATS, renderer: str = "auto",
          identifiers: Iterable[str] = (), judge: Judge | None = None) -> list[Failure]:  # fmt: skip
    """What the gates would say, without publishing anything."""
    choice = quarto.choose(renderer)
    chosen, formats = _chosen(workspace, documents, audience), _formats(formats)
    outputs = placing.beside(workspace.build / "check")
    try:
        made = _make(
            workspace, authority, quarter, audience, chosen, formats, choice, outputs, frozenset(identifiers),
            judge, draft=False, failures=(), progress=lambda words: None,
        )  # fmt: skip
    except SourceFaults as faults:
        return [Failure(fault.kind, fault.file, fault.line, fault.message) for fault in faults.faults]
    finally:
        shutil.rmtree(outputs, ignore_errors=True)
    return list(made.failures)


def _chosen(workspace: Workspace, documents: Iterable[str] | None, audience: str) -> dict[str, str]:
    """The documents asked for and their sources, of those made for the audience. A deep dive is asked for as
    `deep-dives/<review>`."""
    known = documents_for(workspace.root, wording.check_audience(audience))
    if documents is None:
        return known | {DEEP_DIVES: ""}
    wanted = list(documents)
    for name in wanted:
        if name not in known and (other := documents_for(workspace.root).get(name)):
            whose = ", ".join(made_for(workspace.root / other))
            raise UsageError(f"'{name}' is not made for {audience}; it is for {whose} (the head of {other} says so)")
        if name not in known and name.split("/")[0] != DEEP_DIVES:
            raise UsageError(f"'{name}' is not a document; it is one of {', '.join([*known, DEEP_DIVES])}")
    return {name: known.get(name, "") for name in wanted}


def _formats(formats: Iterable[str]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(formats))
    for name in wanted:
        if name not in FORMATS:
            raise UsageError(f"'{name}' is not a format; it is one of {', '.join(FORMATS)}")
    return wanted


def _make(workspace, authority, quarter, audience, chosen, formats, choice, outputs, identifiers, judge, *,
          draft: bool, failures: Iterable[Failure], progress) -> _Made:  # fmt: skip
    home = placing.beside(workspace.build / "rendering")
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir(parents=True)
    try:
        _stage(workspace.root, home)
        promoted = promote(
            findings_of(workspace, authority, quarter, audience), home / "build" / "current",
            draft=draft, failures=[str(failure) for failure in failures],
        )  # fmt: skip
        files: dict[str, tuple[str, ...]] = {}
        titles: dict[str, str] = {}
        faults: dict[str, tuple[Fault, ...]] = {}
        used: dict[str, tuple[tuple[str, str], ...]] = {}
        listed = list(_sources(home, promoted, chosen, formats))
        documents = {name: source for name, source, _, _ in listed}
        claims = bound.judged(home, documents, promoted, judge.given(promoted.values) if judge else bound.untested)
        bound.lay_out(promoted, claims)
        for name, source, title, wanted in listed:
            progress(name)
            faults[name], used[name] = _render_one(home, name, source, wanted, audience, choice, outputs)
            files[name] = tuple(f"{name}.{to}" for to in wanted)
            titles[name] = title
        downloads.write(outputs, promoted, workspace)
        register.write(outputs, bound.register(home, documents, promoted, claims, used))
        seen = {name: bound.shown(judged, used[name]) for name, judged in claims.items()}
        context = Context(home, outputs, promoted, files, faults, identifiers, draft, seen)
        found = tuple(failures) or tuple(gates.run(context))
        return _Made(promoted, files, titles, found)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _stage(root: Path, home: Path) -> None:
    """A copy of the project's sources, so that a run with other findings never disturbs what is in the project."""
    shutil.copytree(root / "report", home / "report", ignore=shutil.ignore_patterns(".*"))
    for path in root.glob("_quarto*.yml"):
        shutil.copyfile(path, home / path.name)


def _sources(home: Path, promoted: Promoted, chosen: Mapping[str, str], formats: tuple[str, ...]):
    """Each thing to render: its name in the publication, source, title and formats."""
    for name, source in chosen.items():
        if source:
            yield name, source, _title(home / source), formats
    wanted = [name for name in chosen if name.split("/")[0] == DEEP_DIVES]
    if not wanted or "html" not in formats:
        return
    for review in promoted.reviews.values():
        name = f"{DEEP_DIVES}/{review.name}"
        if (DEEP_DIVES in wanted or name in wanted) and (source := deep_dives.write(review, home)):
            yield name, source, f"Deep dive: {review.title}", ("html",)


def _title(source: Path) -> str:
    from analysis.publishing import sources

    return str(sources.read(source.name, source.parent).front_matter.get("title", source.stem))


def _render_one(home: Path, name: str, source: str, formats: Iterable[str], audience: str, choice: Choice,
                outputs: Path) -> tuple[tuple[Fault, ...], tuple[tuple[str, str], ...]]:  # fmt: skip
    """Its faults, and the values and claims that it shows."""
    faults: set[Fault] = set()
    used: tuple[tuple[str, str], ...] = ()
    for to in formats:
        out = outputs / f"{name}.{to}"
        # The portable renderer reads the sources in any case: it knows file and line of what leads nowhere.
        made = portable.make(home, source, to, audience, out)
        faults.update(made.faults)
        used = max(used, made.used, key=len)
        if choice.name == "quarto":
            quarto.render(home, source, to, audience, out, strict=not faults)
    return tuple(sorted(faults)), used
