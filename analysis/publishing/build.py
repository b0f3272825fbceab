"""Does what is out of date: runs the reviews, then publishes what they changed, quarter by quarter."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.disclosure import AUDIENCES
from analysis.pipeline.execute import Result
from analysis.pipeline.run import run_reviews
from analysis.publishing import quarto, rendering
from analysis.publishing.claims import Judge
from analysis.publishing.gates import Failure
from analysis.publishing.rendering import NotAllPublished, NotPublished
from analysis.records.history import History, Known
from analysis.reference import project
from analysis.reference.project import UsageError, Workspace
from analysis.reference.quarters import Quarter

# Columns that name a person, a family or a home, and may be in no document.
_IDENTIFIERS = {
    "children": ("child_id", "upn"),
    "adopters": ("adopter_id", "family_id"),
    "social_workers": ("worker_id",),
}


@dataclass(frozen=True)
class Published:
    """One quarter's documents for one audience. `new` is false where they were up to date already."""

    quarter: Quarter
    audience: str
    folder: Path
    renderer: str
    new: bool
    failures: tuple[Failure, ...] = ()
    # Of a draft of another edition's narrative: what it claims that isn't so here.
    no_longer_so: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a build or render did."""

    reviews: tuple[Result, ...]
    published: tuple[Published, ...]

    @property
    def status(self) -> int:
        return 1 if any(p.failures for p in self.published) else 0

    @property
    def data(self) -> dict:
        return {
            "reviews": [result.data for result in self.reviews],
            "published": [
                {"quarter": str(p.quarter), "audience": p.audience, "folder": str(p.folder), "renderer": p.renderer,
                 "new": p.new, "failures": [str(f) for f in p.failures], "no_longer_so": list(p.no_longer_so)}
                for p in self.published
            ],
        }  # fmt: skip

    def lines(self, shown: Callable[[Path], str]) -> list[str]:
        """What was done, for a person; `shown` shortens a path."""
        lines = [result.line for result in self.reviews]
        for renderer in dict.fromkeys(p.renderer for p in self.published):
            lines.append(f"rendered by {renderer}")
        for p in self.published:
            state = "" if p.new else " (up to date already)"
            lines.append(f"{p.quarter}, {p.audience}: {shown(p.folder / 'index.html')}{state}")
            lines += [f"  draft: {failure}" for failure in p.failures]
            if p.no_longer_so:
                lines.append("  a draft: the narrative was written for another edition, and claims what isn't so here")
                lines += [f"  {said}" for said in p.no_longer_so]
        return lines


def run_and_promote(
    workspace: Workspace, authority: str, quarter: Quarter, audience: str, *, names: Iterable[str] | None = None,
    jobs: int = 1, force: bool = False, progress: Callable[[str], None] = lambda words: None,
) -> tuple[Result, ...]:  # fmt: skip
    """Runs reviews for one quarter and audience, and lays what they found out for `quarto render`."""
    results = run_reviews(
        workspace,
        authority,
        [quarter],
        [audience],
        names,
        jobs,
        force,
        lambda result, done, of: progress(result.review),
    )
    known = History.open(workspace.store, authority).known_by(quarter)
    rendering.promote_current(workspace, authority, quarter, audience, judge(known, authority, quarter, audience))
    return results


def render_documents(
    workspace: Workspace, authority: str, quarter: Quarter, audience: str, *, documents: Iterable[str] | None,
    formats: Sequence[str], renderer: str, draft: bool,
) -> Outcome:  # fmt: skip
    """Publishes documents from findings that are there. Raises rendering.NotPublished where a gate fails."""
    known = History.open(workspace.store, authority).known_by(quarter)
    made = rendering.render(
        workspace, authority, quarter, audience, documents=documents, formats=formats, renderer=renderer, draft=draft,
        identifiers=identifiers(known), judge=judge(known, authority, quarter, audience),
    )  # fmt: skip
    _forget(workspace, authority, quarter, audience)
    told = {"failures": made.failures} if draft else {"no_longer_so": tuple(map(str, made.failures))}
    return Outcome((), (Published(quarter, audience, made.folder, str(made.choice), True, **told),))


def check_documents(
    workspace: Workspace, authority: str, quarter: Quarter, audience: str, *, documents: Iterable[str] | None
) -> list[Failure]:
    """What the gates say of documents from findings that are there."""
    known = History.open(workspace.store, authority).known_by(quarter)
    return rendering.check(
        workspace, authority, quarter, audience, documents=documents, identifiers=identifiers(known),
        judge=judge(known, authority, quarter, audience),
    )  # fmt: skip


def build(
    workspace: Workspace, authority: str, quarters: Sequence[Quarter], audiences: Sequence[str], *, jobs: int,
    renderer: str, progress: Callable[[str], None] = lambda words: None,
) -> Outcome:  # fmt: skip
    """Runs the reviews of every quarter and audience, then publishes what is out of date.

    The last quarter's findings for the first audience are left laid out for `quarto render`.
    """
    audiences = list(dict.fromkeys(audiences))
    if unknown := set(audiences) - set(AUDIENCES):
        raise UsageError(f"{sorted(unknown)[0]} is not an audience; it is one of {', '.join(AUDIENCES)}")
    results = run_reviews(
        workspace, authority, quarters, audiences, jobs=jobs, progress=lambda result, done, of: progress(result.review)
    )
    choice = quarto.choose(renderer)
    history = History.open(workspace.store, authority)
    published: list[Published] = []
    refused: list[NotPublished] = []
    for quarter in quarters:
        known = history.known_by(quarter)
        named: frozenset[str] | None = None
        for audience in audiences:
            folder = workspace.published / str(quarter) / audience
            key = _key(workspace, authority, quarter, audience, str(choice))
            new = not _is_current(workspace, authority, quarter, audience, key, folder)
            if new:
                named = identifiers(known) if named is None else named
                judged = judge(known, authority, quarter, audience)
                try:
                    rendering.render(workspace, authority, quarter, audience, renderer=choice.name, identifiers=named, judge=judged)  # fmt: skip
                except NotPublished as stopped:
                    # The other quarters and audiences are made all the same, and every reason is told.
                    refused.append(NotPublished(stopped.failures, f"{quarter}, {audience}: "))
                    continue
                _remember(workspace, authority, quarter, audience, key)
            no_longer = tuple(_manifest(folder).get("failures", ()))
            published.append(Published(quarter, audience, folder, str(choice), new, no_longer_so=no_longer))
            progress(str(quarter))
    last = history.known_by(quarters[-1])
    rendering.promote_current(workspace, authority, quarters[-1], audiences[0], judge(last, authority, quarters[-1], audiences[0]))  # fmt: skip
    if len(refused) == 1 == len(quarters) * len(audiences):
        raise NotPublished(refused[0].failures)
    if refused:
        raise NotAllPublished(refused)
    return Outcome(results, tuple(published))


def judge(known: Known, authority: str, quarter: Quarter, audience: str) -> Judge:
    """Who tests what the narrative claims."""
    return Judge(known, project.authority(authority), quarter, audience)


def identifiers(known: Known) -> frozenset[str]:
    """Every identifier of a person that the deliveries hold; none may be in a document."""
    found: set[str] = set()
    for name, columns in _IDENTIFIERS.items():
        if known.carries(name):
            table = known.table(name)
            for column in columns:
                found |= set(table[column].dropna())
    return frozenset(found)


def _key(workspace: Workspace, authority: str, quarter: Quarter, audience: str, renderer: str) -> str:
    """A digest of everything that a publication is made of: findings, sources, renderer, code and settings."""
    root = workspace.root
    digest = hashlib.sha256(renderer.encode())
    for folder in rendering.findings_of(workspace, authority, quarter, audience):
        _take(digest, sorted(p for p in folder.rglob("*") if p.is_file()), folder.parent)
    sources = [p for p in (root / "report").rglob("*") if p.is_file() and not p.name.startswith(".")]
    sources += root.glob("_quarto*.yml")
    # What claims are tested with and indicators computed with decides what is published, beside what publishes.
    rooms = ("methods", "reference", "records", "indicators", "disclosure", "publishing")
    code = [p for room in rooms for p in (project.ROOT / "analysis" / room).rglob("*") if p.is_file() and "__pycache__" not in p.parts]  # fmt: skip
    _take(digest, sorted(sources), root)
    _take(digest, sorted([*code, project.ROOT / "settings.toml", project.ROOT / "requirements.lock"]), project.ROOT)
    return digest.hexdigest()


def _take(digest, paths: Iterable[Path], base: Path) -> None:
    for path in paths:
        if path.is_file():
            digest.update(path.relative_to(base).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")


def _record(workspace: Workspace, authority: str, quarter: Quarter, audience: str) -> Path:
    return workspace.build / "cache" / authority / str(quarter) / audience / "publication.json"


def _is_current(workspace: Workspace, authority: str, quarter: Quarter, audience: str, key: str, folder: Path) -> bool:
    """Whether the publication in place was made from just this, and is whole and unaltered."""
    try:
        kept = json.loads(_record(workspace, authority, quarter, audience).read_text(encoding="utf-8"))
        outputs = _manifest(folder)["outputs"]
        return kept["key"] == key and all(
            hashlib.sha256((folder / name).read_bytes()).hexdigest() == wanted for name, wanted in outputs.items()
        )
    except (FileNotFoundError, json.JSONDecodeError, KeyError):
        return False


def _manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def _remember(workspace: Workspace, authority: str, quarter: Quarter, audience: str, key: str) -> None:
    path = _record(workspace, authority, quarter, audience)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}-{os.getpid()}.partial")
    partial.write_text(json.dumps({"key": key}) + "\n", encoding="utf-8")
    os.replace(partial, path)


def _forget(workspace: Workspace, authority: str, quarter: Quarter, audience: str) -> None:
    """What `render` made by hand may be a draft or a part, so the next build makes the whole again."""
    _record(workspace, authority, quarter, audience).unlink(missing_ok=True)
