"""What a killed process leaves behind is cleared up, and what was finished is found again."""

import os
import subprocess
import sys

import pytest

from analysis.publishing import placing


def a_dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.skipif(os.name != "posix", reason="only a POSIX system says at once that a process is gone")
def test_leavings_of_killed_processes_are_cleared(tmp_path):
    left, living = tmp_path / f".out-{a_dead_process()}.partial", tmp_path / f".out-{os.getppid()}.partial"
    for folder in (left, living):
        folder.mkdir()
    made = placing.beside(tmp_path / "out")
    assert not left.exists()
    assert living.exists()
    assert made.name == f".out-{os.getpid()}.partial"


def test_killed_between_two_steps_the_old_folder_is_found_again(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a").write_text("old")
    out.rename(tmp_path / ".out.old.partial")
    placing.beside(out)
    assert (out / "a").read_text() == "old"


def test_a_folder_is_replaced_whole(tmp_path):
    out = tmp_path / "deep" / "out"
    for text in ("one", "two"):
        made = placing.beside(out)
        made.mkdir(parents=True)
        (made / text).write_text(text)
        placing.put_folder(made, out)
    assert [path.name for path in out.parent.rglob("*")] == ["out", "two"]


def test_a_file_is_replaced_whole(tmp_path):
    placing.put_text("one\n", tmp_path / "x.yml")
    placing.put_text("two\n", tmp_path / "x.yml")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("x.yml", "two\n")]
