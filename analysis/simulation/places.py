"""Where invented homes and placements are: postcodes shaped like those of real districts, none of them a real address.

Each district has a centre in the parameters; an invented postcode lies within a few miles of it, always at the same
point. Distances are in miles, in a straight line, as DfE measures them.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.simulation.days import hashed
from analysis.simulation.parameters import Parameters

METRES_IN_A_MILE = 1609.3
# An invented postcode is at most so far from its district's centre, in metres east and north.
_AROUND = 2500
# No inward code uses C, I, K, M, O or V.
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
# How many places there are to choose from in each district.
_CHOICE = 40


def postcode(district: str, chance: float) -> str:
    """An invented postcode of a district: 0.42 gives the same one every time."""
    number = int(chance * 9 * len(_LETTERS) ** 2)
    digit, rest = divmod(number, len(_LETTERS) ** 2)
    return f"{district} {digit + 1}{_LETTERS[rest // len(_LETTERS)]}{_LETTERS[rest % len(_LETTERS)]}"


class Gazetteer:
    """The districts of the parameters: which authority each is in, and where its postcodes lie."""

    def __init__(self, parameters: Parameters):
        places = parameters.common["places"]
        self.own: str = places["authority"]
        self._homes: Mapping[str, list[str]] = places["homes"]
        self._centres: dict[str, tuple[float, float]] = {}
        self._authority: dict[str, str] = {}
        for authority, districts in {self.own: places["inside"], **places["outside"]}.items():
            for district, (east, north) in districts.items():
                self._centres[district] = (east * 1000, north * 1000)
                self._authority[district] = authority

    def authority_of(self, postcode: str) -> str:
        """The authority that a postcode lies in: the own one where its district isn't listed."""
        return self._authority.get(postcode.split(" ")[0], self.own)

    def points(self, postcodes) -> np.ndarray:
        """Eastings and northings in metres, a row a postcode."""
        codes = np.asarray([zlib.crc32(text.encode()) for text in postcodes], dtype=np.int64)
        centre = np.asarray([self._centres[text.split(" ")[0]] for text in postcodes], dtype=float).reshape(-1, 2)
        around = np.stack([hashed(codes, "easting"), hashed(codes, "northing")], axis=1) * 2 - 1
        return np.round(centre + around * _AROUND).astype(np.int64)

    def table(self, postcodes) -> pd.DataFrame:
        """A row a postcode: postcode, easting, northing, authority."""
        east, north = self.points(postcodes).T
        authority = [self.authority_of(text) for text in postcodes]
        return pd.DataFrame({"postcode": postcodes, "easting": east, "northing": north, "authority": authority})

    def homes(self, family: np.ndarray, locality: np.ndarray) -> np.ndarray:
        """Each family's home, by its locality."""
        which, within = hashed(family, "home district"), hashed(family, "home")
        districts = [self._homes[name] for name in locality]
        return np.asarray(
            [postcode(d[int(w * len(d))], u) for d, w, u in zip(districts, which, within, strict=True)], dtype=object
        )

    def choice(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Places where a child may live: their postcodes, points, and whether each is in the authority."""
        names = [postcode(d, (n + 0.5) / _CHOICE) for d in self._centres for n in range(_CHOICE)]
        inside = np.asarray([self.authority_of(name) == self.own for name in names])
        return np.asarray(names, dtype=object), self.points(names), inside


def miles(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Straight-line distance between points given as eastings and northings in metres."""
    return np.hypot(*(np.asarray(first, dtype=float) - second).T) / METRES_IN_A_MILE
