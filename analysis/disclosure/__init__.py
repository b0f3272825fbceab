"""What may be shown to whom: suppression by audience."""

from analysis.disclosure.policy import AUDIENCES, CONFIDENTIAL, Released, may_show, release

__all__ = ["AUDIENCES", "CONFIDENTIAL", "Released", "may_show", "release"]
