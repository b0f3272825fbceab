"""Whether a job has been done already: a digest of everything that its findings hang on.

The key covers the notebook's cells and metadata (not its outputs), the parameters, the deliveries known, the code
of every room that a notebook can reach, reference data and settings, and the versions of the libraries that
compute and draw. Anything else (clock, machine, folders, number of workers) must not matter.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections.abc import Iterable
from functools import lru_cache
from importlib import metadata
from pathlib import Path

from analysis.findings.metadata import read_notebook, source_of
from analysis.pipeline.plan import Job
from analysis.reference.dated_entries import EVENTS, PRIORITIES, REBASES
from analysis.reference.project import REFERENCE_DATA, ROOT

# Rooms whose code a notebook can reach. `returns` isn't one: what a reader did is in a delivery's identifier.
_ROOMS = ("methods", "reference", "records", "indicators", "disclosure", "charts", "findings", "reviews")
_LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "matplotlib", "seaborn", "holidays", "ipykernel", "papermill")


def key_of(job: Job) -> str:
    """The job's key: sha256 in hexadecimal."""
    review = read_notebook(job.notebook)
    cells = [(cell["cell_type"], source_of(cell), cell.get("metadata", {})) for cell in review.cells]
    about = [review.title, review.question, review.audiences, [(need.table, need.returns) for need in review.needs]]
    content = {
        "notebook": [review.name, about, cells],
        "parameters": sorted(job.parameters),
        "deliveries": job.deliveries,
        "code": _code(),
        "libraries": _libraries(),
    }
    # Edited often, and read by those notebooks alone that import the room of priorities.
    if any("reviews.priorities" in source for _, source, _ in cells):
        content["priorities"] = _digest([PRIORITIES]) if PRIORITIES.is_file() else ""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode("utf-8")).hexdigest()


def is_done(job: Job, key: str) -> bool:
    """Whether the job's outputs are all there, as they were written under this key."""
    try:
        kept = json.loads(job.record.read_text(encoding="utf-8"))
        return kept["key"] == key and kept["outputs"] == _outputs(job)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def remember(job: Job, key: str) -> None:
    """Records that the job's outputs were made under this key. The last step of a run."""
    write_whole(
        job.record, json.dumps({"key": key, "outputs": _outputs(job)}, indent=1, sort_keys=True).encode("utf-8")
    )


def forget(job: Job) -> None:
    """The first step of a run: whatever happens next, the old outputs no longer count."""
    job.record.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    with open(partial, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(partial, path)


def _outputs(job: Job) -> dict[str, str]:
    if not job.findings.is_dir():
        raise FileNotFoundError(job.findings)
    held = (path for path in job.findings.rglob("*") if path.is_file())
    files = {f"findings/{path.relative_to(job.findings).as_posix()}": path for path in held}
    if job.executed.is_file():
        files["notebook"] = job.executed
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(files.items())}


@lru_cache(maxsize=1)
def _code() -> str:
    package = ROOT / "analysis"
    files = [package / "__init__.py", *(path for room in _ROOMS for path in (package / room).rglob("*.py"))]
    files += [path for path in REFERENCE_DATA.rglob("*") if path.is_file()]
    # What people enter with a date and a reason, which any notebook may read.
    files += [path for path in (EVENTS, REBASES) if path.is_file()]
    return _digest([ROOT / "settings.toml", *files])


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        name, content = path.relative_to(ROOT).as_posix(), path.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def _libraries() -> list[str]:
    return [platform.python_version(), *(f"{name} {metadata.version(name)}" for name in _LIBRARIES)]
