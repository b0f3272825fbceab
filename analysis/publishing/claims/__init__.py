"""Claims that narrative makes, held to the records before anything is published (docs/narrative.md)."""

from analysis.publishing.claims.finding import Placed, claims_in
from analysis.publishing.claims.judging import Fact, Judge, Verdict
from analysis.publishing.claims.kinds import KINDS, Claim

__all__ = ["KINDS", "Claim", "Fact", "Judge", "Placed", "Verdict", "claims_in"]
