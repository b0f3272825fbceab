"""What may be shown to whom: suppression by audience."""

from analysis.disclosure.additive import Structure
from analysis.disclosure.policy import AUDIENCES, CONFIDENTIAL, Released, may_show, release

__all__ = ["AUDIENCES", "CONFIDENTIAL", "Released", "Structure", "may_show", "release"]
