"""Takes a delivery in: reads it, refuses what can't be trusted, files each collection year, keeps snapshots."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from analysis.records.delivery import OUTCOMES, Problem, Reading, RowCount
from analysis.records.store import Snapshot, Store, sources_digest, write_problems
from analysis.reference.calendar import Quarter
from analysis.reference.project import REFERENCE_DATA, ROOT, UserError, Workspace
from analysis.returns.reading import read_delivery
from analysis.returns.sources import files_of, fingerprint


class Refused(UserError):
    """A delivery that can't be trusted. `problems` says why; nothing of it was kept."""

    def __init__(self, problems: Sequence[Problem], listed: Path | None = None):
        self.problems = tuple(problems)
        sentences = [f"{p.file}{f', sheet {p.sheet}' if p.sheet else ''}: {p.why}; {p.remedy}" for p in problems]
        kept = f"\n  every problem is listed in {listed}" if listed else ""
        super().__init__("the delivery is refused, and nothing of it was kept:\n  " + "\n  ".join(sentences) + kept)


@dataclass(frozen=True)
class Account:
    """What became of every row of a delivery: the counts of each return by its title, those of files that no
    reader knows, and every problem. Light enough to come back from another process, as tables aren't."""

    returns: tuple[tuple[str, tuple[RowCount, ...]], ...]
    unknown: tuple[RowCount, ...]
    problems: tuple[Problem, ...]

    @classmethod
    def of(cls, reading: Reading) -> Account:
        returns = tuple((one.title, one.counts) for one in reading.returns)
        return cls(returns, reading.counts, reading.every_problem)

    @property
    def counts(self) -> tuple[RowCount, ...]:
        return (*(count for _, counts in self.returns for count in counts), *self.unknown)


@dataclass(frozen=True)
class Ingested:
    """One snapshot that an ingestion leads to. `account` is None where the same delivery was there already."""

    quarter: Quarter
    snapshot: Snapshot
    new: bool
    account: Account | None


@lru_cache(maxsize=1)
def readers_digest() -> str:
    """A digest of whatever decides how a file is read: readers, canonical tables and code lists."""
    sources = [
        *sorted((ROOT / "analysis" / "returns").rglob("*.py")),
        ROOT / "analysis" / "records" / "schema.py",
        ROOT / "analysis" / "records" / "tables.py",
        *sorted((REFERENCE_DATA / "codes").glob("*.csv")),
    ]
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.name.encode() + b"\0" + path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def ingest(workspace: Workspace, authority: str, delivery: Iterable[Path], quarter: Quarter | None) -> list[Ingested]:
    """Ingests one delivery; returns its snapshots, oldest quarter first.

    A delivery that holds several collection years of a return is filed a year at a time: the newest under
    `quarter` (worked out from the content where that is None), each older one under its own last quarter.
    Raises Refused, or UserError for a delivery with nothing in it that is known here.
    """
    delivery = list(delivery)
    store = Store(workspace.store, authority)
    try:
        files = files_of(delivery)
    except FileNotFoundError as error:
        raise UserError(f"'{error.args[0]}' is not there; give the folder or files of a delivery") from None
    if not files:
        raise UserError("the delivery holds no files; give the folder or files of a delivery")
    whole = _digest_of(files)
    if there := _already_kept(store.snapshots(), whole, quarter):
        return there

    reading = read_delivery(delivery, quarter)
    if reading.refused:
        raise Refused(reading.refused, _list_refusal(workspace, authority, reading))
    if not reading.returns:
        known = "Annex A, SSDA903, CIN census, workforce census and local returns"
        raise UserError(
            f"none of the {len(files)} files holds a return that is known here ({known}); {_first_why(reading)}"
        )
    parts = by_quarter(reading, quarter)
    found = []
    for filed, part in parts.items():
        # All parts of one delivery share the digest of the whole, so that it is known again at a glance.
        sources = whole if len(parts) == 1 else f"{whole}-{filed}"
        snapshot, new = store.add(part, filed, sources=sources, readers=readers_digest())
        found.append(Ingested(filed, snapshot, new, Account.of(part)))
    return found


def _digest_of(files: Iterable[Path]) -> str:
    return sources_digest([fingerprint(path).sha256 for path in files])


def _already_kept(snapshots: Iterable[Snapshot], whole: str, quarter: Quarter | None) -> list[Ingested]:
    """The snapshots that the same files, read by the same code, led to before; none where they never did."""
    there = [s for s in snapshots if s.sources.startswith(whole) and s.readers == readers_digest()]
    if not there or quarter not in (None, there[-1].quarter):
        return []
    return [Ingested(s.quarter, s, False, None) for s in there]


def by_quarter(reading: Reading, quarter: Quarter | None) -> dict[Quarter, Reading]:
    """The reading filed by quarter, oldest first; see `ingest`."""
    newest = quarter or Quarter.containing(max(one.end for one in reading.returns))
    latest = {one.kind: max(r.end for r in reading.returns if r.kind == one.kind) for one in reading.returns}
    filed: dict[Quarter, list] = {newest: []}
    for one in reading.returns:
        own = newest if one.end == latest[one.kind] else Quarter.containing(one.end)
        filed.setdefault(own, []).append(one)
    parts = {own: Reading(tuple(returns)) for own, returns in filed.items() if returns}
    parts[newest] = replace(parts[newest], problems=reading.problems, counts=reading.counts)
    return dict(sorted(parts.items()))


def waiting(workspace: Workspace, authority: str) -> dict[Quarter, Path]:
    """The deliveries that lie in `returns/<authority>/<quarter>/`, oldest first."""
    folder = workspace.returns / authority
    found = {}
    for path in sorted(folder.glob("*-Q[1-4]")) if folder.is_dir() else ():
        if path.is_dir():
            try:
                found[Quarter.parse(path.name)] = path
            except ValueError as error:
                raise UserError(f"{path.name} in {folder.name}/ can't be a delivery: {error}") from None
    return dict(sorted(found.items()))


def ingest_waiting(
    workspace: Workspace, authority: str, jobs: int, done: Callable[[Ingested], None] = lambda _: None
) -> list[Ingested]:
    """Ingests every waiting delivery, `jobs` at a time. Raises the first refusal after keeping what was sound."""
    snapshots = Store(workspace.store, authority).snapshots()
    found: list[Ingested] = []
    tasks: list[tuple] = []

    def keep(results: Iterable[list[Ingested]]) -> None:
        for result in results:
            for one in result:
                done(one)
                found.append(one)

    # What is there already is settled here, so that no worker is started for nothing.
    for quarter, path in waiting(workspace, authority).items():
        if there := _already_kept(snapshots, _digest_of(files_of([path])), quarter):
            keep([there])
        else:
            tasks.append((workspace, authority, [path], quarter))
    if jobs == 1 or len(tasks) < 2:
        keep(map(_ingest_task, tasks))
    else:
        with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=get_context("spawn")) as pool:
            keep(pool.map(_ingest_task, tasks))
    return sorted(found, key=lambda one: one.quarter)


def _ingest_task(task: tuple) -> list[Ingested]:
    return ingest(*task)


def _list_refusal(workspace: Workspace, authority: str, reading: Reading) -> Path:
    folder = workspace.build / "refused" / authority
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "problems.csv"
    write_problems(reading.every_problem, path)
    return path.relative_to(workspace.home)


def _first_why(reading: Reading) -> str:
    return next((f"{p.file}: {p.why}" for p in reading.problems), "check what was delivered")


def summary(one: Ingested, home: Path) -> list[str]:
    """What happened to a delivery, in lines for a person: every row read is in one of the counts."""
    head = f"{one.quarter}  {one.snapshot.id}"
    if one.account is None or not one.new:
        return [f"{head}  already kept, nothing to do"]
    counts = one.account.counts
    read, kept, aside = (sum(getattr(c, part) for c in counts) for part in ("read", "kept", "set_aside"))
    lines = [f"{head}  {read:,} rows read: {kept:,} kept, {aside:,} set aside"]
    for title, of_return in one.account.returns:
        lines.append(f"  {title}")
        for c in of_return:
            place = " / ".join(part for part in (c.file, c.sheet) if part)
            aside_words = f", {c.set_aside:,} set aside" if c.set_aside else ""
            lines.append(f"    {c.contents}: {c.read:,} read, {c.kept:,} kept{aside_words}  ({place})")
    for c in one.account.unknown:
        lines.append(f"  not recognised: {c.file}{f' / {c.sheet}' if c.sheet else ''}, {c.read:,} rows set aside")
    return lines + _problem_lines(one, home)


def _problem_lines(one: Ingested, home: Path) -> list[str]:
    problems = one.account.problems
    if not problems:
        return ["  no problems"]
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for p in problems:
        groups.setdefault((p.outcome, p.reason, p.column), []).append(p)
    ordered = sorted(groups.items(), key=lambda item: (OUTCOMES.index(item[0][0]), -len(item[1]), item[0]))
    where = one.snapshot.folder / "problems.csv"
    shown = where.relative_to(home) if where.is_relative_to(home) else where.name
    lines = [f"  {len(problems):,} problems, each with its place and remedy in {shown}; the most frequent:"]
    lines += [f"    {outcome:<9} {len(alike):>6,} x {_kind(alike)}" for (outcome, _, _), alike in ordered[:12]]
    return lines + ([f"    and {len(ordered) - 12} other kinds"] if len(ordered) > 12 else [])


def _kind(alike: list[Problem]) -> str:
    """What problems of one kind have in common, told by the first of them."""
    first = alike[0]
    why = re.sub(r"^line \d+: ", "", first.why)
    column = f"{first.column}: " if first.column else ""
    more = "for example " if len({p.why for p in alike}) > 1 and why == first.why else ""
    return f"{column}{more}{why} ({first.remedy})"
