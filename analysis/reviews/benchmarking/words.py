"""What benchmarking found, in sentences: which side of the limits, and neutral where neither direction is better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from analysis.reviews.benchmarking.standing import ABOVE, BELOW, LIKE, Standing, better


def outside_usual(found: Sequence[Standing], name: str) -> str:
    """Where the published figure lies beyond the usual differences between authorities, and on which side."""
    placed = [one for one in found if one.published is not None]
    if not placed:
        return "No measure of ours can be set among all authorities: no published figures were out by then, or ours is not among them."
    judged = [one for one in placed if one.usual_known]
    beyond = [one for one in judged if abs(one.published[1]) == 2]
    opening = (
        f"{_measures(len(judged))} can be set among all authorities with the usual differences between them allowed for"
    )
    said = [f"{opening}; on none of them does {name}'s published figure lie outside." if not beyond else
            f"{opening}. {name}'s published figure lies outside on {_measures(len(beyond))}. {_sides(beyond, 'published', 1)}."]  # fmt: skip
    loose = [one for one in placed if not one.usual_known and abs(one.published[0]) == 2]
    if loose:
        said.append(f"How much authorities usually differ isn't known where too many figures are withheld; there it lies outside what chance alone gives on {_measures(len(loose))}. {_sides(loose, 'published', 0)}.")  # fmt: skip
    return " ".join(said)


def outside_chance(found: Sequence[Standing]) -> str:
    """Where the published figure is outside chance alone, and like that of many other authorities."""
    inside = [
        one
        for one in found
        if one.published and one.usual_known and abs(one.published[0]) == 2 and abs(one.published[1]) < 2
    ]
    if not inside:
        return "On no measure does the published figure lie outside chance alone and within the usual differences."
    return (
        f"Our published figure lies outside what chance alone gives, but within the usual differences between authorities, on {_measures(len(inside))}. {_sides(inside, 'published', 0)}. "
        "On such measures many authorities lie as far out: that is a reason to understand them, not a finding about us."
    )


def now(found: Sequence[Standing]) -> str:
    """Where the latest local figure would lie beyond usual differences, against limits of an earlier year."""
    placed = [one for one in found if one.now is not None]
    if not placed:
        return "None of our latest figures can be set against the limits."
    beyond = [one for one in placed if one.usual_known and abs(one.now[1]) == 2]
    opening = "Set against the same limits, which are of the published year and not of today,"
    if not beyond:
        return f"{opening} none of our latest figures would lie beyond the usual differences between authorities."
    return f"{opening} our latest figure would lie beyond the usual differences between authorities on {_measures(len(beyond))}. {_sides(beyond, 'now', 1)}."


def beside_england(found: Sequence[Standing]) -> str:
    """How the latest figures lie to England's, by more than our own chance."""
    compared = [one for one in found if one.beside]
    if not compared:
        return "No figure of England's stands beside ours in this edition."
    ways = {way: [one for one in compared if one.beside == way] for way in (ABOVE, BELOW, LIKE)}
    clear = [one for one in compared if one.about.polarity and one.beside != LIKE]
    good = [one for one in clear if (one.beside == ABOVE) == one.about.higher_is_better]
    other = [one for one in clear if one not in good]
    said = [
        f"Of {_measures(len(compared))} that England has a figure for, ours is above it on {_number(ways[ABOVE])}, below on {_number(ways[BELOW])} "
        f"and no more than chance apart on {_number(ways[LIKE])}."
    ]
    if good:
        said.append(f"Where one direction is better, ours is on the better side for {_titles(good)}.")
    if other:
        said.append(f"On the other side for {_titles(other)}.")
    return " ".join(said)


def not_placed(found: Iterable[Standing]) -> str:
    """How many measures can't be set among all authorities, by reason; the tables say which."""
    why: Counter[str] = Counter()
    for one in found:
        if one.field.refused:
            why[
                "too few authorities have a figure" if one.field.refused.startswith("too few") else one.field.refused
            ] += 1
        elif one.field.place is None:
            why["ours can't be set there"] += 1
    if not why:
        return "Every measure can be set among all authorities."
    return (
        "Not set among all authorities are "
        + "; ".join(f"{_measures(number)} because {reason}" for reason, number in why.items())
        + "."
    )


def _sides(found: Iterable[Standing], which: str, level: int) -> str:
    """`Above: A; B (neither direction is better in itself); C (higher is better). Below: …`"""
    said = []
    for way, side in ((ABOVE, 1), (BELOW, -1)):
        mine = [one for one in found if getattr(one, which)[level] * side > 0]
        alike = {kind: [one for one in mine if one.about.higher_is_better is kind] for kind in (None, True, False)}
        groups = [f"{_titles(ones)} ({_which_better(ones[0])})" for ones in alike.values() if ones]
        if groups:
            said.append(f"{way}: {'; '.join(groups)}")
    return ". ".join(one[:1].upper() + one[1:] for one in said)


def _which_better(one: Standing) -> str:
    return "neither direction is better in itself" if one.about.polarity is None else f"{better(one.about)} is better"


def _titles(found: Iterable[Standing]) -> str:
    """Titles have commas and brackets of their own, so semicolons part them."""
    return "; ".join(_title(one) for one in found)


def _title(one: Standing) -> str:
    title = one.about.title
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


def _measures(number: int) -> str:
    return "one measure" if number == 1 else f"{number} measures"


def _number(found: Sequence) -> str:
    return str(len(found)) if found else "none"
