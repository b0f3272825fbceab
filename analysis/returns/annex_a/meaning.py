"""What a coded cell of an Annex A list means: Ofsted's preferred code, a plain spelling, a grouping, or nothing known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from analysis.reference.codes import codes
from analysis.returns.annex_a.details import DETAILS
from analysis.returns.annex_a.spellings import GROUPS, PLAIN, YES_NO
from analysis.returns.ledger import header_key, normalise

# Ofsted's letters for sorting, `a) ` to `zz) `, or `a. `: they mean nothing themselves.
_LETTER = re.compile(r"^\s*(?:[a-z]{1,2}\)\s*|[a-z]\.\s+)", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9]+")
_SEPARATOR = re.compile(r"\s+[-–—>]+\s*|[-–—>]+\s+|[:;,/()\[\]]|\s{2,}")
# In these lists a code is only ever a whole cell: `M` and `N` begin too many other words.
_WHOLE_CELL_ONLY = frozenset({"canonical:sex", "cin:CategoryOfAbuse"})
# Where a cell names several categories of abuse, the statutory code for several is meant.
_SEVERAL = {"cin:CategoryOfAbuse": "MUL"}
_SUBDIVIDED = frozenset({"cin:PrimaryNeedCode", "ssda903:CIN"})
# A system's own code before the words: `A.A16 White`, `A1 - White British`.
_LOCAL = re.compile(r"^\s*\(?[A-Z]\.?[A-Z]?\d+\)?[\s:.\-–)]+(?=[A-Z])")
# From so many letters on, the beginning of a wording can be told from others.
_LONG = 28
# Words that say nothing unless they are all there is, or a grouping stands before them.
_VAGUE = frozenset({"other", "unknown", "notknown", "notrecorded", "notstated", "anyotherreason"})


@dataclass(frozen=True)
class Meaning:
    """`code` where a cell means one; otherwise `among`, the codes that its grouping covers (empty: not known at all)."""

    code: str | None = None
    among: tuple[str, ...] = ()


UNKNOWN = Meaning()


def key(text: str) -> str:
    """Text for comparing spellings: letters and digits, with `&` as the word that it is."""
    return header_key(re.sub(r"\(s\)", "", text.replace("&", " and "), flags=re.IGNORECASE))


@dataclass(frozen=True)
class CodeList:
    """A code list with everything that is written for its codes."""

    name: str
    labels: Mapping[str, str]  # code -> label, as the code list has them
    codes: Mapping[str, str]  # code in capitals -> code
    plain: Mapping[str, str]  # key of a spelling -> code
    groups: Mapping[str, Mapping[str, str]]  # key of a grouping -> key of the rest -> code ("" -> nothing)

    def meaning(self, text: str) -> Meaning:
        """What a cell's text means. A code and a spelling that contradict each other mean nothing."""
        bare = _LETTER.sub("", text, count=1).strip() or text.strip()
        for candidate in dict.fromkeys((bare, text.strip())):
            if found := self._whole(candidate):
                return Meaning(found)
        written = self._written_code(bare)
        worded = self._worded(bare)
        if written and worded.code not in (None, written) and self._after_code(bare) != written:
            return UNKNOWN
        if written:
            return Meaning(written)
        return worded

    def _whole(self, text: str) -> str | None:
        # `N` for sex may be Neither or Not known: single letters there count only as spellings.
        if text.upper() in self.codes and (len(text) > 1 or self.name not in _WHOLE_CELL_ONLY):
            return self.codes[text.upper()]
        return self.plain.get(key(text))

    def _written_code(self, text: str) -> str | None:
        """The code that stands in the text: at its beginning, in brackets, or the only one that it can hold."""
        if self.name in _WHOLE_CELL_ONLY:
            return None
        first = _TOKEN.search(text)
        if first and first[0].upper() in self.codes and text[: first.start()].strip(" ([‘'\"") == "":
            after = text[first.end() :]
            rest = after.lstrip(" :.-–—)]")
            punctuated = bool(re.match(r"\s*[:.\-–—)\]]", after))
            # `No` and `4` begin other things than codes: then only a colon or dash, or the words after it, make a code.
            unmistakable = _looks_like_a_code(first[0])
            if unmistakable or punctuated or self._worded(rest).code == self.codes[first[0].upper()]:
                return self.codes[first[0].upper()]
        if first and (within := self._subdivided(first[0])):
            return within
        if last := re.search(r"[(\[]([A-Za-z0-9]+)[)\]]\s*$", text):
            return self.codes.get(last[1].upper())
        distinct = self._named(text)
        return distinct.pop() if len(distinct) == 1 and not text.isupper() else None

    def _named(self, text: str) -> set[str]:
        """Every code that stands anywhere in the text, as a word of its own."""
        return {
            self.codes[token] for token in _TOKEN.findall(text) if token in self.codes and _looks_like_a_code(token)
        }

    def _after_code(self, text: str) -> str | None:
        """What all the words after the first one mean together: in `T1: Temporary placement - hospital` the code's
        own spelling holds the whole of another's."""
        first = _TOKEN.search(text)
        return self.plain.get(key(text[first.end() :])) if first else None

    def _subdivided(self, token: str) -> str | None:
        """N3 for `N3a` or `N3SB`: authorities divide the categories of need further."""
        found = re.fullmatch(r"(N\d)[A-Za-z]{1,2}\d?", token)
        return self.codes.get(found[1]) if found and self.name in _SUBDIVIDED else None

    def _worded(self, text: str) -> Meaning:
        if found := self.plain.get(key(text)):
            return Meaning(found)
        if self.name in _SEVERAL:
            return self._several(text)
        if found := self._begun(key(text)):
            return Meaning(found)
        if len(self._named(text)) > 1:
            return UNKNOWN
        parts = self._parts(text)
        inside = next((self.groups[part] for part in parts if part in self.groups), None)
        if inside is None:
            inside = self.groups.get(key(text))
        if inside is not None:
            covered = tuple(dict.fromkeys(code for code in inside.values()))
            said = {inside.get(part) or self.plain.get(part) for part in parts if part not in self.groups}
            said &= set(covered)
            return Meaning(said.pop()) if len(said) == 1 else Meaning(among=covered)
        said = {self.plain[part] for number, part in enumerate(parts)
                if part in self.plain and (part not in _VAGUE or number == 0)}  # fmt: skip
        if len(said) > 1 and parts and parts[0] in _VAGUE:
            return UNKNOWN
        return Meaning(said.pop()) if len(said) == 1 else UNKNOWN

    def _begun(self, name: str) -> str | None:
        """The one code whose long wording begins with the text (cut short), or with whose wording the text begins."""
        if len(name) < _LONG:
            return None
        found = {
            code
            for spelled, code in self.plain.items()
            if len(spelled) >= _LONG and (spelled.startswith(name) or name.startswith(spelled))
        }
        return found.pop() if len(found) == 1 else None

    def _parts(self, text: str) -> list[str]:
        """Keys of the text's parts between separators, up to a part that says what isn't meant."""
        found: list[str] = []
        for part in _SEPARATOR.split(_LOCAL.sub("", text)):
            name = key(part)
            if name not in self.plain and name not in self.groups and re.match(r"\s*not\b", part, re.IGNORECASE):
                break
            found += [name] if name else []
        return found

    def _several(self, text: str) -> Meaning:
        words = normalise(text)
        said = {code for code in self.codes.values() for spelled in self._first_words(code) if spelled in words}
        if len(said) > 1:
            return Meaning(_SEVERAL[self.name])
        return Meaning(said.pop()) if said else UNKNOWN

    def _first_words(self, code: str) -> frozenset[str]:
        return frozenset({self.labels[code].split()[0].casefold()})


def _looks_like_a_code(token: str) -> bool:
    """`N4`, `E4A` and `WBRI` are hardly words; `No` and `4` may be anything."""
    return (len(token) > 1 and any(c.isdigit() for c in token)) or (len(token) == 4 and token.isupper())


@lru_cache(maxsize=64)
def code_list(reference: str) -> CodeList:
    """The code list that a canonical column names (`cin:ReferralSource`), every code ever valid."""
    collection, _, name = reference.partition(":")
    labels = codes(collection, name)
    spelled: dict[str, str] = {}
    for code, label in labels.items():
        spelled.setdefault(key(label), code)
    for code, spellings in PLAIN.get(reference, {}).items():
        if code in labels:
            spelled |= {key(spelling): code for spelling in spellings.split("|")}
    for code, wordings in DETAILS.get(reference, {}).items():
        if code in labels:
            spelled |= {key(wording): code for wording in wordings}
    if reference == "annex_a:accommodation":
        # SSDA903 writes letter and suitability together.
        spelled |= {f"{code.lower()}{figure}": code for code in labels for figure in "12"}
    groups: dict[str, dict[str, str]] = {}
    for names, called in GROUPS.get(reference, {}).items():
        inside: dict[str, str] = {}
        for code, rest in called.items():
            if code in labels:
                inside |= {key(word): code for word in rest.split("|") if word}
                # A code without words of its own still counts among those that the grouping covers.
                inside.setdefault(f"={code}", code)
        groups |= {key(grouping): inside for grouping in names.split("|")}
    return CodeList(reference, labels, {code.upper(): code for code in labels}, spelled, groups)


@lru_cache(maxsize=16)
def yes_no(words: str) -> Mapping[str, str]:
    """Key of a spelling -> "yes", "no" or "unknown". For disability, a kind of disability is a yes."""
    found = {key(spelling): answer for answer, spellings in YES_NO[words].items() for spelling in spellings.split("|")}
    if words == "disability":
        for code, label in codes("cin", "Disability").items():
            found |= {key(text): "no" if code == "NONE" else "yes" for text in (code, label) if key(text) != "other"}
    return found


def answer(text: str, words: str) -> str | None:
    """ "yes", "no" or "unknown" for a cell's text, None where it says none of them."""
    known = yes_no(words)
    for candidate in (_LETTER.sub("", text, count=1), text):
        if found := known.get(key(candidate)):
            return found
    parts = [key(part) for part in _SEPARATOR.split(_LETTER.sub("", text, count=1)) if key(part)]
    said = {known[part] for part in parts if part in known}
    return said.pop() if len(said) == 1 else None


def listing(reference: str, most: int = 12) -> str:
    """The code list's codes, for a sentence."""
    found = list(code_list(reference).labels)
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")
