"""The long wording of Annex A's codes, as Ofsted's code sheet explains them and systems often export them.

Source: Ofsted, *Annex A: child level data*, August 2019, codes used (Open Government Licence v3). Systems cut such
text short, so `meaning` also takes a long enough beginning of one that no other code shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_RETURN = "return home to live with parents, relatives, or other person with parental responsibility"
_RETURNS = (_RETURN, _RETURN.replace("relatives, or", "relatives or"))
_NO_ORDER = (
    "(not under a special guardianship order or residence order or (from 22 April 2014) a child arrangements order)"
)
_SGO = ("special guardianship order made to", "special guardianship made to")
_FOSTER = ("foster placement with relative or friend", "fostering placement with relative or friend")
_OTHER_FOSTER = ("foster placement with other foster carer", "placement with other foster carer")
_APPROVED = ("who is/are also an approved adopter", "who is also an approved adopter")
_ADOPTION = "placed for adoption with"


def _all(beginnings: tuple[str, ...], *endings: str) -> tuple[str, ...]:
    return tuple(f"{beginning} {ending}" for beginning in beginnings for ending in endings)


# Code list -> code -> wordings. `(s)` is left out on both sides of a comparison.
DETAILS: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "ssda903:LS": {
        "V2": ("single period of accommodation under section 20",),
        "V3": ("accommodated under an agreed series of short-term breaks, when individual episodes of care are recorded",),
        "V4": ("accommodated under an agreed series of short-term breaks, when agreements are recorded",),
        "J2": ("placed in local authority accommodation under PACE, including secure accommodation",),
    },
    "ssda903:REC": {
        "E11": ("adopted - application for an adoption order unopposed",),
        "E12": ("adopted - consent dispensed with by court", "adopted - consent dispensed with by the court"),
        "E4A": _all(_RETURNS, "as part of the care planning process", "which was part of the current care planning process",
                    f"as part of the care planning process {_NO_ORDER}"),
        "E4B": _all(_RETURNS, "which was not part of the current care planning process",
                    f"which was not part of the current care planning process {_NO_ORDER}"),
        "E13": ("left care to live with parents, relatives, or other person with no parental responsibility",),
        "E41": ("residence order (or, from 22 April 2014, a child arrangement order which sets out with whom the child "
                "is to live) granted",),
        "E45": _all(_SGO, "former foster carer(s), who was/were a relative or friend",
                    "former foster carers, who were a relative or friend",
                    "former foster carer(s), who were a relative(s) or friend(s)"),
        "E46": _all(_SGO, "former foster carer(s), other than relative(s) or friend(s)",
                    "former foster carers, other than relatives or friends"),
        "E47": _all(_SGO, "carer(s), other than former foster carer(s), who was/were a relative or friend",
                    "carers, other than former foster carers, who were a relative or friend",
                    "carer(s), other than former foster carer(s), who were a relative(s) or friend(s)"),
        "E48": _all(_SGO, "carer(s), other than former foster carer(s), other than relative(s) or friend(s)",
                    "carers, other than former foster carers, other than relatives or friends"),
        "E5": ("moved into independent living arrangement and no longer looked after: supportive accommodation providing "
               "formalised advice/support arrangements",),
        "E6": ("moved into independent living arrangement and no longer looked after: accommodation providing no "
               "formalised advice/support arrangements",),
        "E8": ("period of being looked after ceased for any other reason",),
        "E15": ("age assessment determined child is aged 18 or over and E5, E6 and E7 do not apply",),
        "X1": ("episode ceases, and new episode begins on same day, for any reason",),
    },
    "ssda903:PLACE": {
        "U1": _all(_FOSTER, "- long term fostering"),
        "U2": _all(_FOSTER, *(f"{who} - FFA/concurrent planning" for who in _APPROVED)),
        "U3": _all(_FOSTER, "who is/are not long-term or FFA/concurrent planning",
                   "who is not long-term or FFA/concurrent planning", "- not long term or FFA/concurrent planning"),
        "U4": _all(_OTHER_FOSTER, "- long term fostering"),
        "U5": _all(_OTHER_FOSTER, *(f"{who} - FFA/concurrent planning" for who in _APPROVED)),
        "U6": _all(_OTHER_FOSTER, "- not long term or FFA/concurrent planning",
                   "who is not long-term or FFA/concurrent planning"),
        "A3": (f"{_ADOPTION} parental/guardian consent with current foster carer",
               f"{_ADOPTION} consent with current foster carer"),
        "A4": (f"{_ADOPTION} parental/guardian consent not with current foster carer",
               f"{_ADOPTION} consent not with current foster carer"),
        "A5": (f"{_ADOPTION} placement order with current foster carer",),
        "A6": (f"{_ADOPTION} placement order not with current foster carer",),
        "P1": ("placed with own parents or other person with parental responsibility",),
        "P2": ("independent living like in a flat, lodgings, bedsit, B&B or with friends, with or without formal support",),
        "H5": ("semi-independent living accommodation not subject to children's homes regulations",),
        "R2": ("national health service/health trust or other establishment providing medical or nursing care",),
        "S1": ("all residential schools, except where dual-registered as a school and children's home",),
        "Z1": ("other placements (must be listed on a schedule sent to DfE with annual submission)",),
        "T0": ("all types of temporary move (see paragraphs above for further details)",),
        "T1": ("temporary periods in hospital",), "T2": ("temporary absences of the child on holiday",),
        "T3": ("temporary accommodation whilst normal foster carer is on holiday",),
        "T4": ("temporary accommodation of seven days or less, for any reason, not covered by codes T1 to T3",),
    },
    "ssda903:PLACE_PROVIDER": {
        "PR1": ("own provision (by the local authority) including a regional adoption agency where the child's responsible "
                "local authority is the host authority",),
        "PR2": ("other local authority provision, including a regional adoption agency where another local authority is "
                "the host authority",),
        "PR3": ("other public provision (for example, a PCT)", "other public provision (e.g. by a PCT etc.)"),
    },
    "ssda903:ACTIV": {
        "F1": ("young person engaged full time in higher education (meaning studies beyond A level)",),
        "P1": ("young person engaged part time in higher education (meaning studies beyond A level)",),
        "F2": ("young person engaged full time in education other than higher education",),
        "P2": ("young person engaged part time in education other than higher education",),
        "F3": ("young person engaged full time in training or employment",),
        "P3": ("young person engaged part time in training or employment",),
        "F4": ("young person engaged full time in an apprenticeship",),
        "P4": ("young person engaged part time in an apprenticeship",),
        "F5": ("young person engaged full time in training or employment (not apprenticeship)",),
        "P5": ("young person engaged part time in training or employment (not apprenticeship)",),
        "G4": ("young person not in education, employment or training because of illness or disability",),
        "G5": ("young person not in education, employment or training: other circumstances",),
        "G6": ("young person not in education, employment or training due to pregnancy or parenting",),
    },
    "annex_a:accommodation": {
        "C": ("community home or other form of residential care such as an NHS establishment",),
        "D": ("semi-independent, transitional accommodation (like a supported hostel, trainer flats)",),
        "E": ("supported lodgings (accommodation, usually in a family home, where adults in the host family provide "
              "formal advice and support)",),
        "T": ("foyers and similar supported accommodation which combines the accommodation with opportunities for "
              "education, training or employment",),
        "U": ("independent living, for example independent tenancy of flat, house or bedsit",),
        "V": ("emergency accommodation (like a night shelter, direct access or emergency hostel)",),
    },
})  # fmt: skip
