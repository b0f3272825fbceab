"""The quarter's measures, their last five quarters, and which of them are not where they were a year ago."""

from analysis.reviews.quarterly.trends import trends

__all__ = ["trends"]
