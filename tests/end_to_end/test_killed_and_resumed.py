"""A run that is killed, again and again, and started again ends with the bytes of one that was left alone."""

from __future__ import annotations

import compileall
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What `make report` runs, on a small authority.
STEPS = (
    ("simulate", "--unless-present", "--scale", "0.02", "--quarters", "2015-16-Q1..2015-16-Q3"),
    ("build", "--quarter", "latest", "--jobs", "2", "--renderer", "portable"),
)
# Enough of the reviews to be killed in the midst of: one that needs much, one that needs little, and the story of the data.
REVIEWS = ("front-door", "data-quality")
DOCUMENT = """---
title: "Self-assessment"
---

# The front door {#sec-front-door}

{{< var front_door.referral_count.now >}} referrals came, as @fig-front-door-referral-rate shows.

{{< include /build/current/front-door/fig-front-door-referral-rate.md >}}
"""
# Shares of the undisturbed run's time at which the run is killed, each time it is started again.
KILLED_AT = (0.2, 0.5)


@pytest.fixture
def project(tmp_path) -> Path:
    """The project with two of its reviews and one short document: what is killed doesn't depend on how many there are."""
    home = tmp_path / "project"
    for part in ("analysis", "data/reference", "data/simulation", "report/filters", "report/styles"):
        shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    # Every process and kernel of every start would compile it anew where the environment keeps Python from writing bytecode.
    compileall.compile_dir(home / "analysis", quiet=1)
    for path in (*ROOT.glob("*.toml"), *ROOT.glob("*.yml")):
        shutil.copy(path, home)
    (home / "notebooks").mkdir()
    for name in REVIEWS:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", home / "notebooks")
    for path in (ROOT / "report").glob("*.toml"):
        shutil.copy(path, home / "report")
    (home / "report" / "self-assessment.qmd").write_text(DOCUMENT, encoding="utf-8")
    return home


def start(home: Path, step: tuple[str, ...], data: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "analysis", *step, "--data", str(data)]
    return subprocess.Popen(
        command,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(home: Path, data: Path) -> None:
    for step in STEPS:
        process = start(home, step, data)
        said = process.communicate()[1].decode()
        assert process.returncode == 0, said


def kill_after(home: Path, seconds: float, data: Path) -> None:
    """Runs the steps, and kills whichever is running, children and all, when the time is up."""
    deadline = time.monotonic() + seconds
    for step in STEPS:
        process = start(home, step, data)
        try:
            process.communicate(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return


def contents(data: Path) -> dict[str, bytes]:
    """Everything finished. What a killed run left half-made has a name of its own, and the next run removes it."""
    return {
        p.relative_to(data).as_posix(): p.read_bytes()
        for part in ("returns", "store", "published", "build/findings")
        for p in (data / part).rglob("*")
        if p.is_file()
    }


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="kills a process group, as only Unix can")
def test_a_killed_run_started_again_finishes_with_the_same_bytes(tmp_path, project):
    began = time.monotonic()
    finish(project, tmp_path / "undisturbed")
    took = time.monotonic() - began
    for share in KILLED_AT:
        kill_after(project, share * took, tmp_path / "killed")
    finish(project, tmp_path / "killed")
    wanted, found = contents(tmp_path / "undisturbed"), contents(tmp_path / "killed")
    assert sorted(found) == sorted(wanted)
    assert [name for name in wanted if found[name] != wanted[name]] == []
    assert any(name.endswith("self-assessment.pdf") for name in found)
