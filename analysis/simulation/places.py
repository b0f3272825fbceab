"""Where invented homes and placements are: postcodes shaped like those of real districts, none of them a real address."""

from __future__ import annotations

import numpy as np

from analysis.simulation.days import hashed

HOME_DISTRICTS = {
    "North": ("NE66", "NE68", "NE70", "TD15"),
    "West": ("NE46", "NE47", "NE48", "NE42"),
    "Central": ("NE61", "NE65", "NE62"),
    "South East": ("NE63", "NE24", "NE23", "NE22", "NE64"),
}
# Districts outside the county where children are placed, and whose they are.
OUTSIDE = {
    "NE3": "Newcastle upon Tyne", "NE5": "Newcastle upon Tyne", "NE15": "Newcastle upon Tyne",
    "NE9": "Gateshead", "NE10": "Gateshead", "NE28": "North Tyneside", "NE29": "North Tyneside",
    "NE34": "South Tyneside", "SR5": "Sunderland", "SR3": "Sunderland", "DH1": "Durham", "DH6": "Durham",
    "DL5": "Durham", "TS5": "Middlesbrough", "TS18": "Stockton-on-Tees", "CA2": "Cumbria", "CA28": "Cumbria",
    "PR4": "Lancashire", "LS8": "Leeds", "S5": "Sheffield",
}  # fmt: skip
_NEAR = 12  # how many of OUTSIDE lie within an ordinary drive
# No inward code uses C, I, K, M, O or V.
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def postcode(district: str, chance: float) -> str:
    """An invented postcode of a district: 0.42 gives the same one every time."""
    number = int(chance * 9 * len(_LETTERS) ** 2)
    digit, rest = divmod(number, len(_LETTERS) ** 2)
    return f"{district} {digit + 1}{_LETTERS[rest // len(_LETTERS)]}{_LETTERS[rest % len(_LETTERS)]}"


def home_postcodes(family: np.ndarray, locality: np.ndarray) -> np.ndarray:
    """Each family's home, by its locality."""
    which, within = hashed(family, "home district"), hashed(family, "home")
    districts = [HOME_DISTRICTS.get(name, ("NE61",)) for name in locality]
    return np.asarray(
        [postcode(d[int(w * len(d))], u) for d, w, u in zip(districts, which, within, strict=True)], dtype=object
    )


def placement_postcode(rng: np.random.Generator, locality: str, outside: bool) -> str:
    """Somewhere for a placement: mostly the child's own locality, or another of the county, or outside."""
    if outside:
        names = list(OUTSIDE)
        return postcode(names[int(rng.integers(0, _NEAR if rng.random() < 0.75 else len(names)))], rng.random())
    near = rng.random() < 0.55
    names = list(HOME_DISTRICTS)
    districts = HOME_DISTRICTS[
        locality if near and locality in HOME_DISTRICTS else names[int(rng.integers(len(names)))]
    ]
    return postcode(districts[int(rng.integers(len(districts)))], rng.random())


def authority_of(postcode: str, own: str) -> str:
    """The authority that a placement lies in: the county's own name unless its district is one of OUTSIDE."""
    return OUTSIDE.get(postcode.split(" ")[0], own)
