"""Takes the findings out of an executed notebook: `findings.json` and the figures as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.disclosure.lists import may_list_children
from analysis.findings import bundle, lists
from analysis.findings.bundle import FindingError
from analysis.findings.metadata import ReviewNotebook, source_of, tags_of


@dataclass(frozen=True)
class Findings:
    """What one run of a review found: the content of `findings.json`, and the other files by their path beside it:
    each figure's, and for officers lists of children, which `findings.json` names and doesn't hold."""

    found: Mapping
    files: Mapping[str, bytes]


def extract(review: ReviewNotebook, executed: Mapping) -> Findings:
    """The findings of an executed notebook (its parsed JSON), in notebook order.

    Raises FindingError where a cell failed, no review was opened, or a name is given by two cells.
    """
    opened = _opened(review, executed)
    found = {
        **opened, "review": review.name, "title": review.title, "question": review.question, "available": True,
        "needs": [], "values": {}, "figures": {}, "tables": {}, "statements": {}, "story": [],
    }  # fmt: skip
    files: dict[str, bytes] = {}
    where: dict[str, str] = {}
    for number, cell in enumerate(executed["cells"], start=1):
        if cell["cell_type"] == "markdown" and source_of(cell).strip():
            found["story"].append({"markdown": source_of(cell).strip()})
        for data, item in _items(cell):
            name = item.get("name") or item["label"]
            if name in where:
                raise FindingError(
                    f"{review.path.name}: '{name}' is recorded in {where[name]} and in cell {number}; rename one"
                )
            where[name] = f"cell {number}"
            _place(found, files, data, item, name)
        for carried in _lists(cell):
            name = carried["name"]
            if name in where:
                raise FindingError(
                    f"{review.path.name}: '{name}' is recorded in {where[name]} and in cell {number}; rename one"
                )
            where[name] = f"cell {number}"
            _place_list(found, files, carried)
    bundle.check_together({name: place for name, place in where.items() if name in found["values"]})
    return Findings(found, files)


def unavailable(
    review: ReviewNotebook, authority: str, quarter: str, audience: str, needs: list[str], known
) -> Findings:
    """The findings of a review whose returns aren't there: it says which it needs."""
    found = {
        "review": review.name, "title": review.title, "question": review.question, "authority": authority,
        "quarter": quarter, "audience": audience, "available": False, "needs": list(needs),
        "simulated": bool(known.simulated),
        "deliveries": [{"quarter": str(delivered), "id": identifier} for delivered, identifier in known.deliveries],
        "values": {}, "figures": {}, "tables": {}, "statements": {}, "story": [],
    }  # fmt: skip
    return Findings(found, {})


def write(findings: Findings, folder: Path) -> None:
    """Writes `findings.json` and the figures into a folder that exists."""
    for name, content in findings.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / "findings.json").write_bytes(bundle.canonical(findings.found).encode("utf-8"))


def _opened(review: ReviewNotebook, executed: Mapping) -> dict:
    opened = []
    for number, cell in enumerate(executed["cells"], start=1):
        for output in cell.get("outputs", ()):
            if output.get("output_type") == "error":
                raise FindingError(f"{review.path.name}: cell {number} failed ({output.get('ename', 'error')})")
            if bundle.REVIEW in output.get("data", {}):
                opened.append(output["data"][bundle.REVIEW])
    if not opened:
        raise FindingError(f"{review.path.name} opens no review; call findings.open_review(…) after its parameters")
    if any(one != opened[0] for one in opened) or opened[0]["review"] != review.name:
        raise FindingError(f"{review.path.name} must open one review, by its own name: open_review('{review.name}', …)")
    return dict(opened[0])


def _items(cell: Mapping) -> Iterator[tuple[Mapping, Mapping]]:
    """Each finding in a cell's outputs, with the output that carries it."""
    if "injected-parameters" in tags_of(cell):
        return
    for output in cell.get("outputs", ()):
        data = output.get("data", {})
        for item in data.get(bundle.FINDINGS, {}).get("items", ()):
            yield data, item


def _place(found: dict, files: dict[str, bytes], data: Mapping, item: Mapping, name: str) -> None:
    kind = item["kind"]
    content = {key: value for key, value in item.items() if key not in ("kind", "name", "label", "told")}
    if kind == "figure":
        content |= {"svg": f"{name}.svg"}
        files[content["svg"]] = _text(data["image/svg+xml"]).encode("utf-8")
        found["figures"][name] = content
        found["story"].append({"figure": name})
    elif kind == "table":
        found["tables"][name] = content
        found["story"].append({"table": name})
    elif kind == "statement":
        found["statements"][name] = item["text"]
        found["story"].append({"statement": name})
    elif kind == "value":
        found["values"][name] = content
        if item["told"]:
            found["story"].append({"value": name})
    else:
        raise FindingError(f"'{name}' is a finding of an unknown kind, '{kind}'")


def _lists(cell: Mapping) -> Iterator[Mapping]:
    for output in cell.get("outputs", ()):
        if bundle.CHILDREN in output.get("data", {}):
            yield output["data"][bundle.CHILDREN]


def _place_list(found: dict, files: dict[str, bytes], carried: Mapping) -> None:
    """A list's rows go to a file of their own; the findings hold its name, title and note alone, and only where there
    is one, so that no other audience's findings say that there could be."""
    name = bundle.check_list_name(carried["name"])
    if not may_list_children(found["audience"]):
        raise FindingError(f"'{name}' is a list of children, which is never for {found['audience']}")
    path = f"{lists.FOLDER}/{name}.csv"
    found.setdefault("lists", {})[name] = {"title": carried["title"], "note": carried["note"], "file": path}
    files[path] = lists.as_csv(carried)


def _text(content: str | list[str]) -> str:
    return content if isinstance(content, str) else "".join(content)
