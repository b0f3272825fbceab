"""The CIN census: DfE's XML of children in need, one element a child, 2016 to 2026."""

from analysis.returns.cin_census.reader import READER

__all__ = ["READER"]
