"""A run that is killed, again and again, and started again ends with the bytes of one that was left alone."""

from __future__ import annotations

import contextlib
import os
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
# Shares of the undisturbed run's time at which the run is killed, each time it is started again.
KILLED_AT = (0.2, 0.5)


def start(step: tuple[str, ...], data: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", "analysis", *step, "--data", str(data)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )


def finish(data: Path) -> None:
    for step in STEPS:
        process = start(step, data)
        said = process.communicate()[1].decode()
        assert process.returncode == 0, said


def kill_after(seconds: float, data: Path) -> None:
    """Runs the steps, and kills whichever is running, children and all, when the time is up."""
    deadline = time.monotonic() + seconds
    for step in STEPS:
        process = start(step, data)
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
def test_a_killed_run_started_again_finishes_with_the_same_bytes(tmp_path):
    began = time.monotonic()
    finish(tmp_path / "undisturbed")
    took = time.monotonic() - began
    for share in KILLED_AT:
        kill_after(share * took, tmp_path / "killed")
    finish(tmp_path / "killed")
    wanted, found = contents(tmp_path / "undisturbed"), contents(tmp_path / "killed")
    assert sorted(found) == sorted(wanted)
    assert [name for name in wanted if found[name] != wanted[name]] == []
    assert any(name.endswith("self-assessment.pdf") for name in found)
