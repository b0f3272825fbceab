"""Puts finished folders and files in place whole, and clears up after a process that was killed while making one."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

_MAKING = re.compile(r"-(?P<process>\d+)\.partial$")
# Where a system can't say whether a process lives, what it was making is left for this long.
_A_DAY = 24 * 60 * 60


def beside(into: Path) -> Path:
    """Where to make what will stand at `into`: a name of this process's own, cleared of what killed ones left."""
    for left in into.parent.glob(f".{into.name}-*.partial"):
        if _abandoned(left):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    _recover(into)
    place = into.with_name(f".{into.name}-{os.getpid()}.partial")
    shutil.rmtree(place, ignore_errors=True)
    return place


def put_folder(made: Path, into: Path) -> None:
    """Replaces the folder `into` by `made`. Killed between the two steps, the next run finds the old one again."""
    into.parent.mkdir(parents=True, exist_ok=True)
    _recover(into)
    old = _old(into)
    if into.exists():
        into.rename(old)
    made.rename(into)
    shutil.rmtree(old, ignore_errors=True)


def put_text(text: str, into: Path) -> None:
    made = beside(into)
    made.write_text(text, encoding="utf-8", newline="\n")
    os.replace(made, into)


def _old(into: Path) -> Path:
    return into.with_name(f".{into.name}.old.partial")


def _recover(into: Path) -> None:
    old = _old(into)
    if old.exists() and not into.exists():
        old.rename(into)
    shutil.rmtree(old, ignore_errors=True)


def _abandoned(left: Path) -> bool:
    match = _MAKING.search(left.name)
    if not match:
        return False
    if os.name != "posix":
        return time.time() - left.stat().st_mtime > _A_DAY
    try:
        os.kill(int(match["process"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
