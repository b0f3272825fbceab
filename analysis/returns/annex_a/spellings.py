"""Words that authorities write in Annex A in place of codes: plain spellings, Ofsted's groupings, yes and no.

The code lists themselves come from `data/reference/codes`. Here stands what else means a code without doubt.
Spellings are compared without case, spaces or punctuation (`meaning.key`). A grouping that covers one code means
that code; a grouping that covers several means none of them, unless the rest of the text says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Code list -> code -> other spellings, separated by |.
PLAIN: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "canonical:sex": {
        "M": "m|male|boy|1", "F": "f|female|girl|2",
        "U": "u|0|not stated/recorded|not stated/recorded (or unborn)|not stated|not recorded|not known|unknown|unborn|"
             "not specified|unspecified|withheld|not recorded/unborn|unborn/unknown|not recorded or unborn",
        "N": "neither|9|i|indeterminate|indeterminate gender|non-binary|unable to classify",
    },
    "canonical:ethnicity": {
        "WBRI": "white british|british white|english/welsh/scottish/northern irish/british",
        "WIRI": "white irish",
        "WIRT": "traveller of irish heritage|irish traveller|white irish traveller",
        "WOTH": "any other white background|other white background|white other|other white",
        "WROM": "gypsy/roma|gypsy or roma|gypsy|roma|romany|gypsy/romany|gypsy roma",
        "MWBC": "white and black caribbean|mixed white and black caribbean|black caribbean and white",
        "MWBA": "white and black african|mixed white and black african|black african and white",
        "MWAS": "white and asian|mixed white and asian",
        "MOTH": "any other mixed background|other mixed background|any other mixed or multiple ethnic background|"
                "mixed other|other mixed|any other mixed heritage",
        "AIND": "indian|asian indian", "APKN": "pakistani|asian pakistani",
        "ABAN": "bangladeshi|asian bangladeshi",
        "AOTH": "any other asian background|other asian background|asian other|other asian",
        "BCRB": "caribbean|black caribbean", "BAFR": "african|black african",
        "BOTH": "any other black background|other black background|black other|other black",
        "CHNE": "chinese",
        "OOTH": "any other ethnic group|other ethnic group|any other ethnic background|other|arab",
        "REFU": "refused|refused to say|declined|prefer not to say",
        "NOBT": "information not yet obtained|not yet obtained|not obtained|info not obtained|unknown|not known|"
                "not stated|not recorded",
    },
    "cin:ReferralSource": {
        "1A": "family member, relative or carer|family member/relative/carer|family member, relative, carer|parent|parents|"
              "parent/carer|parents/carers|mother|father|relative|family member|carer|family|family/relatives|"
              "grandparent|grandmother|grandfather|aunt|uncle|sibling",
        "1B": "acquaintance|acquaintance (including neighbours and child minders)|neighbour|friend|"
              "acquaintance (including friends, neighbours and child minders)|neighbour/friend",
        "1C": "self|self referral", "1D": "other (including strangers)|stranger|member of public|member of the public|"
                                          "other (including strangers or mps)|including strangers|including stranger|"
                                          "other (including stranger, mp)|other (including strangers, mps)|general public",
        "2A": "schools|school|primary school|secondary school|special school|academy",
        "2B": "education services|education service|other education services",
        "3A": "general practitioner (gp)|general practitioner|gp|gp practice|gp surgery", "3B": "health visitor", "3C": "school nurse",
        "3D": "other primary health services|primary health services",
        "3E": "a&e (accident and emergency department)|accident and emergency|accident and emergency department|a&e|"
              "a&e (emergency department)|emergency department",
        "3F": "other (for example hospice)|hospice",
        "4": "housing|local authority housing or housing association|la housing or housing association|"
             "housing association|housing associations|housing department|local authority housing",
        "5A": "social care for example adults social care services|adult social care|social care",
        "5B": "other internal|youth offending|youth offending team|youth offending service",
        "5C": "another local authority|other local authority", "5D": "la early help",
        "6": "police",
        "7": "other legal agency|other legal agencies|court|courts|probation|probation service|cafcass|prison|immigration",
        "8": "other|children's centre|children's centres|voluntary organisation|voluntary organisations|"
             "independent agency provider",
        "9": "anonymous|anon", "10": "unknown|not known|not recorded",
    },
    "cin:PrimaryNeedCode": {
        "N1": "abuse or neglect|abuse/neglect|abuse and neglect|abuse, neglect and exploitation",
        "N2": "child's disability|child disability|child's disability or illness|child's disability/illness",
        "N3": "parental disability or illness|parental illness or disability|parent's disability or illness|"
              "parental disability/illness|parental illness/disability|parent illness or disability|"
              "parents illness or disability",
        "N4": "family in acute stress|acute stress", "N5": "family dysfunction|dysfunction",
        "N6": "socially unacceptable behaviour|unacceptable behaviour", "N7": "low income", "N8": "absent parenting",
        "N9": "cases other than children in need|cases other than child in need|not children in need",
        "N0": "not stated|not recorded|no need code recorded",
    },
    "ssda903:CIN": {
        "N1": "abuse or neglect|abuse/neglect|abuse and neglect",
        "N2": "child's disability|child disability|child's disability or illness|child's disability/illness",
        "N3": "parental illness or disability|parental disability or illness|parent's illness or disability|"
              "parental disability/illness|parental illness/disability|parent illness or disability|"
              "parents illness or disability",
        "N4": "family in acute stress|acute stress", "N5": "family dysfunction|dysfunction",
        "N6": "socially unacceptable behaviour|unacceptable behaviour", "N7": "low income", "N8": "absent parenting",
    },
    "cin:ReasonForClosure": {
        "RC1": "adopted|child adopted|adoption order granted", "RC2": "died|child died|deceased",
        "RC3": "child arrangements order|child arrangement order|residence order|residence order granted",
        "RC4": "special guardianship order|special guardianship order granted|sgo|special guardianship",
        "RC5": "transferred to services of another local authority|transferred to services of another la|"
               "transferred to another la|transferred to another local authority|transferred to other local authority",
        "RC6": "transferred to adult social care services|transferred to adult social care|"
               "transferred to adult social services|transferred to adult services",
        "RC7": "services ceased for any other reason, including child no longer in need|no longer in need|"
               "services ceased for any other reason|child no longer in need",
        "RC8": "case closed after assessment, no further action|case closed after assessment|"
               "case closed after assessment nfa",
        "RC9": "case closed after assessment, referred to early help",
    },
    "cin:CategoryOfAbuse": {
        "NEG": "neglect|neglect only", "PHY": "physical abuse|physical|physical abuse only|physical injury",
        "SAB": "sexual abuse|sexual|sexual abuse only", "EMO": "emotional abuse|emotional|emotional abuse only",
        "MUL": "multiple/not recommended|multiple|multiple categories|not recommended",
    },
    "ssda903:LS": {
        "C1": "ico|interim care order|interim care orders", "C2": "fco|full care order|full care orders|care order",
        "D1": "freeing order|freeing order granted|freed for adoption",
        "E1": "placement order|placement order granted",
        "V2": "single period under s20|accommodated under s20|single period of accommodation under section 20|s20|"
              "section 20|accommodated under section 20|single period of accommodation under s20",
        "V3": "short term breaks, episodes recorded",
        # Ofsted's grouping of V3 and V4. Which of the two makes no difference to anything: both are short breaks,
        # out of the list's scope and of every figure, and blank the child would be counted as looked after.
        "V4": "short term breaks, agreements recorded|zzcodeerror",
        "L1": "police protection la accommodation|under police protection and in local authority accommodation|"
              "police protection|under police protection",
        "L2": "epo|emergency protection order|emergency protection order (epo)",
        "L3": "child assessment order la accommodation|child assessment order|"
              "under child assessment order and in local authority accommodation",
        "J1": "remanded to la or youth detention|on remand|"
              "remanded to local authority accommodation or to youth detention accommodation",
        "J2": "la accommodation under pace|placed in local authority accommodation under pace|"
              "detained in la accommodation under pace",
        "J3": "youth rehabilitation order|sentenced to youth rehabilitation order",
    },
    "ssda903:REC": {
        "E11": "adopted - application unopposed|adopted - application for an adoption order unopposed|"
               "adopted, application unopposed",
        "E12": "adopted - consent dispensed|adopted - consent dispensed with|adopted, consent dispensed with|"
               "adopted - consent dispensed with by court",
        "E2": "died|child died",
        "E3": "care taken by another la|care taken over by another local authority in the uk|"
              "care taken over by another la|care taken over by another la in the uk",
        "E4A": "returned home to live with parents or relatives - part of planning",
        "E4B": "returned home to live with parents or relatives - not part of planning",
        "E13": "parents, relatives or other with no parental responsibility|"
               "left care to live with parents, relatives or other person with no parental responsibility",
        "E41": "residence order granted|residence order|child arrangements order|child arrangements order granted|"
               "child arrangement order",
        "E45": "special guardianship orders - former carer relative/friend",
        "E46": "special guardianship orders - former carer other",
        "E47": "special guardianship orders - relative/friend", "E48": "special guardianship orders - other",
        "E5": "moved into independent living - supported", "E6": "moved into independent living - no support",
        "E7": "transferred to residential care funded by adult social services|transferred to adult services",
        "E8": "care ceased for any other reason|any other reason|"
              "period of being looked after ceased for any other reason",
        "E9": "sentenced to custody", "E14": "accommodation on remand ended",
        "E15": "age assessment determined child was 18 or over|"
               "age assessment determined child is aged 18 or over and e5, e6 and e7 do not apply",
        "E16": "child moved abroad|moved abroad",
        "E17": "staying put|aged 18+ and remained with current carers|aged 18 (or over) and remained with current carers",
        "X1": "codeerror|zzcodeerror",
    },
    "ssda903:PLACE": {
        "U1": "foster placement - relatives - long term|foster placement - relative - long term",
        "U2": "foster placement - relative - ffa|foster placement - relatives - ffa",
        "U3": "foster placement - relative - not ffa|foster placement - relatives - not ffa",
        "U4": "foster placement - long term", "U5": "foster placement - ffa", "U6": "foster placement - not ffa",
        "A3": "placed for adoption - consent - current foster", "A4": "placed for adoption - consent - not foster",
        "A5": "placed for adoption - order - foster", "A6": "placed for adoption - order - not foster",
        "P1": "placed with parents|placed with own parents|"
              "placed with own parents or other person with parental responsibility",
        "P2": "independent living|living independently", "P3": "residential employment",
        "H5": "residential accommodation|semi-independent living accommodation not subject to children's homes "
              "regulations|residential accommodation not subject to children's homes regulations|semi-independent",
        "K1": "secure children's homes|secure children's home|secure unit",
        "K2": "children's homes|children's home|children's homes subject to children's homes regulations|"
              "homes and hostels subject to children's homes regulations",
        "R1": "residential care home",
        "R2": "nhs/health trust|nhs/health trust or other establishment providing medical or nursing care",
        "R3": "family centre or mother and baby unit|family centre/mother and baby unit|mother and baby unit",
        "R5": "young offender institution|young offender institution or prison|"
              "young offender institution (yoi) or secure training centre (stc)",
        "S1": "residential school|residential schools|"
              "all residential schools, except where dual-registered as a school and children's home",
        "Z1": "other placements|other placement", "T0": "temporary placement|all types of temporary move",
        "T1": "temporary placement - hospital", "T2": "temporary placement - holiday",
        "T3": "temporary placement - carer holiday", "T4": "temporary placement - seven days or less",
    },
    "ssda903:PLACE_PROVIDER": {
        "PR0": "parents/parental responsibility|parents or other person with parental responsibility|"
               "parents or other person with pr|parents",
        "PR1": "own provision|own la|own la provision|own provision (by the local authority)|local authority|"
               "own provision by la|own provision (by the la)",
        "PR2": "other la provision|other local authority provision", "PR3": "other public provision",
        "PR4": "private provision|private", "PR5": "voluntary/third sector|voluntary/third sector provision|voluntary|"
                                                   "third sector",
    },
    "ssda903:IN_TOUCH": {
        "YES": "yes|y|in touch", "NO": "no|n|not in touch", "DIED": "died", "RHOM": "rhom|returned home",
        "REFU": "refu|refused|refuses contact|young person refuses contact",
        "NREQ": "nreq|no longer requires services|young person no longer requires services",
    },
    "ssda903:ACTIV": {
        "F1": "full time in higher education", "P1": "part time in higher education",
        "F2": "full time in education other than higher|full time in education other than higher education",
        "P2": "part time in education other than higher|part time in education other than higher education",
        "F3": "full time in training or employment", "P3": "part time in training or employment",
        "G4": "not in education, employment or training - illness or disability|neet - illness or disability",
        "G5": "not in education, employment or training - other|neet - other|neet - other circumstances",
        "G6": "not in education, employment or training - pregnancy or parenting|neet - pregnancy or parenting",
    },
    "ssda903:REASON_PLACED_CEASED": {
        "RD1": "the child's needs changed subsequent to the decision|child's needs changed subsequent to the decision|"
               "child's needs changed",
        "RD2": "the court did not make a placement order|court did not make a placement order",
        "RD3": "prospective adopters could not be found|prospective adopters cannot be found",
        "RD4": "any other reason",
    },
    "annex_a:case_status": {
        "LAC": "looked after child|looked after|lac|cla|child looked after",
        "CPP": "child protection plan|cpp|cp|child protection",
        "CIN": "child in need plan|cin|cin plan|child in need", "ASSESSMENT": "open assessment|assessment",
        "CLOSED": "closed episode|closed|closed case",
    },
    "annex_a:permanence_plan": {
        "RETURN": "return to family|return home|return to birth family|return to birth parents", "ADOPTION": "adoption",
        "SGO_CAO": "sgo/cao|sgo|cao|special guardianship order|special guardianship|child arrangements order|"
                   "child arrangement order",
        "SUPPORTED_LIVING": "supported living in the community|supported living",
        "RESIDENTIAL": "long-term residential placement|long term residential|residential",
        "FOSTERING": "long-term fostering|lt fostering|fostering|permanent fostering", "OTHER": "other",
    },
    "annex_a:placement_location": {
        "IN": "in|inside|in la|inside la boundary|in borough|in county|in authority",
        "OUT": "out|outside|out of la|outside la boundary|out of borough|out of county|out of authority",
    },
    "annex_a:eligibility": {
        "RELEVANT": "relevant child|relevant", "FORMER_RELEVANT": "former relevant child|former relevant|fr",
        "QUALIFYING": "qualifying care leaver|qualifying", "ELIGIBLE": "eligible child|eligible", "OTHER": "other",
    },
    "annex_a:accommodation": {
        "B": "parents/relatives|with parents or relatives|parents or relatives|with parents/relatives",
        "C": "community home/residential care|community home or other form of residential care|community home",
        "D": "semi-independent, transitional accommodation and self-contained accommodation|semi-independent|"
             "semi-independent, transitional accommodation|semi-independent transitional accommodation",
        "E": "supported lodgings", "G": "abroad|gone abroad", "H": "deported",
        "K": "ordinary lodgings, without formal support|ordinary lodgings", "R": "residence not known|residence unknown",
        "S": "no fixed abode/homeless|no fixed abode or homeless|no fixed abode|homeless",
        "T": "foyers and similar supported accommodation|foyers|foyer", "U": "independent living",
        "V": "emergency accommodation", "W": "bed and breakfast", "X": "in custody|custody", "Y": "other accommodation",
        "Z": "with former foster carers|with former foster carer",
    },
    "annex_a:adopter_leaving": {
        "1": "adopter withdrew from process|withdrew", "2": "process put on hold|on hold",
        "3": "application refused|refused",
    },
})  # fmt: skip

# Code list -> (names of one grouping) -> what each code is called within it. Ofsted's groupings, and the beginnings
# of local wordings (`Health Services - GP`). Only what follows the grouping's name can say which code is meant.
GROUPS: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType({
    "cin:ReferralSource": {
        "individual|individuals": {"1A": "family", "1B": "", "1C": "", "1D": "other|other (e.g. strangers, mps)|strangers"},
        "education|edu|education services": {"2A": "", "2B": "other"},
        "health services|health service|health": {"3A": "", "3B": "", "3C": "", "3D": "", "3E": "", "3F": "other"},
        "la services|la service|local authority services": {
            "5A": "", "5B": "internal", "5C": "external", "5D": "early help"},
        "legal": {"6": "", "7": ""},
    },
    "canonical:ethnicity": {
        "white": {"WBRI": "british", "WIRI": "irish", "WIRT": "traveller", "WOTH": "other|any other|any other background",
                  "WROM": ""},
        "mixed|mixed/multiple ethnic groups|mixed or multiple ethnic groups|dual background": {
            "MWBC": "", "MWBA": "", "MWAS": "", "MOTH": "other|any other|any other background"},
        "asian|asian british|asian or asian british": {
            "AIND": "", "APKN": "", "ABAN": "", "AOTH": "other|any other|any other background"},
        "black|black british|black or black british": {
            "BCRB": "", "BAFR": "", "BOTH": "other|any other|any other background"},
    },
    "ssda903:LS": {
        "detained on child protection grounds in la accommodation": {"L1": "", "L2": "", "L3": ""},
        "youth justice legal statuses": {"J1": "", "J2": "", "J3": ""},
    },
    "ssda903:REC": {
        "adopted": {"E11": "application unopposed", "E12": "consent dispensed"},
        "returned home to live with parents or relatives": {"E4A": "part of planning", "E4B": "not part of planning"},
        "special guardianship orders|special guardianship order|special guardianship": {
            "E45": "", "E46": "", "E47": "", "E48": ""},
        "moved into independent living": {"E5": "supported", "E6": "no support"},
    },
    "ssda903:PLACE": {
        "foster placement": {"U1": "", "U2": "", "U3": "", "U4": "", "U5": "", "U6": ""},
        "placed for adoption": {"A3": "", "A4": "", "A5": "", "A6": ""},
    },
    "ssda903:PLACE_PROVIDER": {"other": {"PR0": "", "PR2": "", "PR3": "", "PR5": ""}},
    "ssda903:ACTIV": {
        "in higher education i.e. studies beyond a level|higher education": {"F1": "full time", "P1": "part time"},
        "in education other than higher education": {"F2": "full time", "P2": "part time"},
        "in training or employment": {"F3": "full time", "P3": "part time"},
        "eet": {"F1": "", "P1": "", "F2": "", "P2": "", "F3": "", "P3": ""}, "neet": {"G4": "", "G5": "", "G6": ""},
        "not in education, training or employment|not in education, employment or training": {
            "G4": "illness/disability|illness or disability", "G5": "other|other reasons",
            "G6": "pregnancy/parenting|pregnancy or parenting"},
    },
})  # fmt: skip

_YES, _NO = "yes|y|true|1", "no|n|false|0"
_UNKNOWN = (
    "unknown|u|not known|not recorded|not stated|not applicable|n/a|not obtained|not yet obtained|refused|nobt|refu"
)
# Words of a yes-or-no column -> yes, no and unknown.
YES_NO: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "yes": {"yes": _YES, "no": _NO, "unknown": _UNKNOWN},
    "disability": {"yes": f"{_YES}|disabled|disability", "no": f"{_NO}|none|no disability|not disabled", "unknown": _UNKNOWN},
    "seen": {"yes": f"{_YES}|seen|child seen|seen alone|child seen alone", "no": f"{_NO}|not seen|child not seen",
             "unknown": f"{_UNKNOWN}|unborn"},
    "seen alone": {"yes": f"{_YES}|seen alone|child seen alone", "unknown": f"{_UNKNOWN}|unborn",
                   "no": f"{_NO}|not seen|child not seen|not seen alone|child not seen alone"},
    "no further action": {"yes": f"{_YES}|nfa|no further action", "no": f"{_NO}|further action|fa", "unknown": _UNKNOWN},
    "suitable": {"yes": f"{_YES}|suitable", "no": "no|n|false|2|unsuitable|not suitable", "unknown": f"{_UNKNOWN}|0"},
})  # fmt: skip
