"""The quarter's measures, their last five quarters, and which of them are not where they were a year ago."""

from analysis.reviews.quarterly.trends import Trends, trends

__all__ = ["Trends", "trends"]
