"""What a notebook hands to the report."""

from analysis.disclosure.wording import day
from analysis.findings.bundle import FindingError
from analysis.findings.measures import largest, moments, year_to
from analysis.findings.opening import open_review
from analysis.findings.review import Review

__all__ = ["FindingError", "Review", "day", "largest", "moments", "open_review", "year_to"]
