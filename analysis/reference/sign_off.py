"""Who approved an edition, and when: `[sign_off]` of settings.toml. A role and a body, never a person's name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.reference import project
from analysis.reference.project import UserError
from analysis.reference.quarters import Quarter

_KEYS = ("role", "body", "date", "quarter", "authority")


@dataclass(frozen=True)
class SignOff:
    """`role` signed off what `body` approved on `date`."""

    role: str
    body: str
    date: dt.date


def sign_off(authority: str, quarter: str, settings: Mapping | None = None) -> SignOff | None:
    """The approval of this authority's edition of a quarter; None where there is none, or it is another edition's.

    Raises UserError where something of it is missing or isn't what it should be.
    """
    held = project.settings() if settings is None else settings
    entry = held.get("sign_off")
    if not entry:
        return None
    if strange := sorted(set(entry) - set(_KEYS)):
        raise UserError(f"settings.toml, [sign_off]: there is no '{strange[0]}'; it has {', '.join(_KEYS)}")
    for name in ("role", "body", "quarter"):
        if not str(entry.get(name, "")).strip():
            raise UserError(f"settings.toml, [sign_off]: {name} is missing")
    if type(entry.get("date")) is not dt.date:
        raise UserError("settings.toml, [sign_off]: date must be a day, like 2018-12-14 (without quotation marks)")
    try:
        of = Quarter.parse(str(entry["quarter"]))
    except ValueError as error:
        raise UserError(f"settings.toml, [sign_off]: quarter: {error}") from None
    if (str(entry.get("authority", held["default_authority"])), str(of)) != (str(authority), str(quarter)):
        return None
    return SignOff(str(entry["role"]), str(entry["body"]), entry["date"])
