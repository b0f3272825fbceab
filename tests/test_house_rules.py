"""The rules of the house that no single module can keep: import order, one list of dependencies, clean notebooks."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("methods", "reference", "records", "returns", "indicators", "disclosure", "charts", "findings", "reviews", "pipeline",
         "publishing", "simulation", "progress", "cli")  # fmt: skip
MODULES = sorted((ROOT / "analysis").rglob("*.py"))


def room(path: Path) -> str:
    part = path.relative_to(ROOT / "analysis").parts[0]
    return part.removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            names = [
                f"{node.module}.{alias.name}" if node.module == "analysis" else node.module for alias in node.names
            ]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        found |= {name.split(".")[1] for name in names if name and name.startswith("analysis.")}
    return found


@pytest.mark.parametrize("path", [p for p in MODULES if room(p) in ROOMS], ids=lambda p: str(p.relative_to(ROOT)))
def test_each_room_imports_only_from_rooms_before_it(path):
    own = ROOMS.index(room(path))
    later = {name for name in imported_rooms(path) if name in ROOMS and ROOMS.index(name) > own}
    assert not later, f"{path.relative_to(ROOT)} imports {sorted(later)}"


def test_only_returns_and_simulation_know_what_a_return_looks_like():
    """`pipeline/ingest.py` and the command line take deliveries in; nothing else may ask a reader anything."""
    allowed = {"returns", "simulation", "cli"}
    for path in MODULES:
        if room(path) not in allowed and path != ROOT / "analysis" / "pipeline" / "ingest.py":
            assert "returns" not in imported_rooms(path), path.relative_to(ROOT)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_each_module_says_what_it_is_for_and_keeps_to_one_room(path):
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "the first line of a module says what it is for"
    assert text.count("\n") <= 450, "a module this long is two"


def test_the_command_line_brings_nothing_heavy_with_it():
    code = "import sys, analysis.cli; print(sorted({'pandas', 'numpy', 'matplotlib', 'papermill'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT).stdout.strip() == "[]"


def requirements(lines: list[str]) -> dict[str, str]:
    found = {}
    for line in lines:
        match = re.fullmatch(r"([A-Za-z0-9_.-]+)(\[.*\])?\s*(.*)", line)
        found[match[1].lower().replace("_", "-")] = match[3].replace(" ", "")
    return found


def test_environment_and_pyproject_say_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    ours = requirements(project["dependencies"] + project["optional-dependencies"]["test"])
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    wheels = next(item["pip"] for item in conda if isinstance(item, dict))
    theirs = requirements(
        [item for item in conda if isinstance(item, str)] + [w for w in wheels if not w.startswith("-")]
    )
    assert theirs.pop("python") == project["requires-python"]
    assert theirs.pop("quarto").startswith(">=1.")
    theirs.pop("pip")
    assert ours == theirs


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_every_dependency_is_pinned_with_hashes_and_names_no_host(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = {m[1].lower().replace("_", "-") for m in re.finditer(r"^([A-Za-z0-9_.-]+)==\S+", text, re.M)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + (project["optional-dependencies"]["test"] if "test" in lock else [])
    assert set(requirements(wanted)) <= pinned
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text


def test_quarto_has_one_pin():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["optional-dependencies"]["quarto"][0] in (ROOT / "Makefile").read_text(encoding="utf-8")


NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebooks_are_kept_without_outputs_and_thin(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1
    assert not any(re.search(r"^\s*(def|class) ", "".join(cell["source"]), re.M) for cell in code), (
        "no functions in notebooks"
    )


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=ROOT)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_nothing_committed_carries_a_machine_or_a_generated_file():
    machine = re.compile(rb"(?<![A-Za-z0-9_.])/(?:work|farm|root|home/\w+)/")
    for path in tracked():
        name = path.relative_to(ROOT).as_posix()
        assert not re.match(r"(published|build|data/(store|returns))/", name), name
        if path.suffix not in (".png", ".lock"):
            assert not machine.search(path.read_bytes()), f"{name} holds a path of a machine"


def test_test_files_have_names_of_their_own():
    """Two of one name can't be collected together."""
    names = [p.name for p in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
