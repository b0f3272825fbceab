"""What travels inside an executed notebook: findings as JSON beside the ordinary output that a reader sees."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping

from analysis.disclosure import Released
from analysis.disclosure.wording import as_date, missing
from analysis.reference.project import UserError

REVIEW = "application/vnd.selfassess.review+json"
FINDINGS = "application/vnd.selfassess.findings+json"
# A list of children, apart from the findings: nothing that renders a notebook's output knows this kind, so it is
# carried and never shown.
CHILDREN = "application/vnd.selfassess.children+json"

_REVIEW_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VALUE_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
# Numbers are kept to this many decimals, so that the last bits of a processor's arithmetic don't reach a file.
DECIMALS = 6


class FindingError(UserError):
    """A finding that the report couldn't use: the notebook's author must mend it."""


def check_review_name(name: str) -> str:
    if not _REVIEW_NAME.fullmatch(name):
        raise FindingError(f"'{name}' is no name for a review; use small letters, digits and hyphens: front-door")
    return name


def check_name(name: str) -> str:
    """A value's or statement's name: `referral_rate.now`."""
    if not _VALUE_NAME.fullmatch(name):
        raise FindingError(
            f"'{name}' is no name for a finding; use small letters, digits and underscores, and dots between parts: "
            "referral_rate.now"
        )
    return name


def check_list_name(name: str) -> str:
    """A list's name, which becomes a file's: `children-to-discuss`."""
    if not _REVIEW_NAME.fullmatch(name):
        raise FindingError(
            f"'{name}' is no name for a list; use small letters, digits and hyphens: children-to-discuss"
        )
    return name


def check_label(label: str, kind: str, review: str) -> str:
    """A figure's or table's label: `fig-<review>-<what>`, `tbl-<review>-<what>`."""
    prefix = f"{kind}-{review}-"
    if not label.startswith(prefix) or not _REVIEW_NAME.fullmatch(label):
        raise FindingError(
            f"'{label}' is no label for a {'figure' if kind == 'fig' else 'table'} of {review}; "
            f"it begins '{prefix}' and goes on in small letters, digits and hyphens"
        )
    return label


def check_together(names: Mapping[str, str]) -> None:
    """Names (to where they were recorded) that can't stand together: `a` beside `a.b`."""
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts)):
            shorter = ".".join(parts[:length])
            if shorter in names:
                raise FindingError(
                    f"'{shorter}' ({names[shorter]}) can't be a value while '{name}' ({names[name]}) is one; "
                    f"call it '{shorter}.total', for example"
                )


def plain(value: object) -> object:
    """A value as JSON holds it: dates as ISO text, numbers rounded, whatever is missing as null."""
    if missing(value):
        return None
    if hasattr(value, "year") and hasattr(value, "isoformat"):
        return as_date(value).isoformat()
    if isinstance(value, (bool, str)):
        return value
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        if math.isinf(value):
            return None
        rounded = round(value, DECIMALS)
        return int(rounded) if rounded == int(rounded) else rounded
    return value if isinstance(value, (bool, int, str)) else str(value)


def data_of(released: Released) -> dict:
    """The data behind a figure: columns and rows, `c` for what is withheld."""
    hidden = {name: released.is_withheld(name).tolist() for name in released.frame.columns}
    rows = [
        [
            "c" if hidden[name][position] else plain(value)
            for name, value in zip(released.frame.columns, row, strict=True)
        ]
        for position, row in enumerate(released.frame.itertuples(index=False, name=None))
    ]
    return {"columns": [str(name) for name in released.frame.columns], "rows": rows}


def canonical(found: object) -> str:
    """JSON with one way of writing everything: sorted keys, UTF-8, a line end at the end."""
    return json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
