"""What a notebook hands to the report."""

from analysis.findings.bundle import FindingError
from analysis.findings.opening import open_review
from analysis.findings.review import Review

__all__ = ["FindingError", "Review", "open_review"]
