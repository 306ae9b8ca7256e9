"""Unified social credit codes, 统一社会信用代码 (GB 32100-2015), and the organisation code inside (GB 11714)."""

from __future__ import annotations

import functools
import operator
import re
import string
from typing import Literal, NamedTuple

from schemas.folding import as_seen
from schemas.province import province
from schemas.regions import regions_of

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AUTHORITIES = "123456789ANY"

WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_CHARACTERS = frozenset(ALPHABET)
_UPPER = {ord(letter): ord(letter.upper()) for letter in string.ascii_lowercase}
_GAPS = re.compile(r"[\s\-‐-―−]+")

Reason = Literal["empty", "length", "character", "placeholder", "check_character"]
Caution = Literal["normalised", "organisation_check", "authority", "region"]


class CreditCodeReading(NamedTuple):
    """``code`` is the normalised text. ``reason`` says why an invalid code is refused, ``expected`` what would do."""

    code: str
    is_valid: bool
    warnings: tuple[Caution, ...] = ()
    reason: Reason | None = None
    expected: str | None = None


def normalise(text: str) -> str:
    """Full width to half width; blanks, hyphens and what nobody sees gone wherever they stand; upper case of a to z."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return _GAPS.sub("", as_seen(text)).translate(_UPPER)


def check(text: str) -> CreditCodeReading:
    """Judge a credit code after normalising it; ``normalised`` warns that the text had to be changed.

    A wrong check character refuses; a wrong organisation check, an unknown authority, an unknown or former region
    only warn.
    """
    code = normalise(text)
    if reason := _shape_fault(code):
        return CreditCodeReading(code, False, reason=reason)
    expected = check_character(code[:17])
    if code[17] != expected:
        return CreditCodeReading(code, False, reason="check_character", expected=expected)
    return CreditCodeReading(code, True, tuple(_warnings(text, code)))


def check_character(first_17: str) -> str:
    """Character 18 for the first 17. Raises ValueError for a character outside the alphabet."""
    total = sum(map(operator.mul, WEIGHTS, map(ALPHABET.index, first_17)))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first_8: str) -> str:
    """Character 9 of an organisation code for its first 8: weights 3 7 9 10 5 8 4 2, 10 is X, 11 is 0."""
    total = sum(map(operator.mul, ORGANISATION_WEIGHTS, map(ORGANISATION_ALPHABET.index, first_8)))
    rest = 11 - total % 11
    return "X" if rest == 10 else str(rest % 11)


def has_organisation_check(code: str) -> bool:
    """Whether positions 9 to 17 of a normalised code carry the check character of GB 11714."""
    return organisation_check_character(code[8:16]) == code[16]


def _shape_fault(code: str) -> Reason | None:
    if not code:
        return "empty"
    if len(code) != 18:
        return "length"
    if not _CHARACTERS.issuperset(code):
        return "character"
    return "placeholder" if code.count(code[0]) == len(code) else None


def _warnings(text: str, code: str) -> list[Caution]:
    found: list[Caution] = ["normalised"] if text != code else []
    if not has_organisation_check(code):
        found.append("organisation_check")
    if code[0] not in AUTHORITIES:
        found.append("authority")
    if not is_present_region(code[2:8], province().code):
        found.append("region")
    return found


@functools.lru_cache(maxsize=1 << 14)
def is_present_region(region: str, province_code: str) -> bool:
    """``100000`` is registration with a national authority; another province's region is not judged further."""
    if region in ("100000", province_code):
        return True
    resolution = regions_of(province_code).resolve(region, None)
    return resolution is not None and resolution.note_code != "former"
