"""Made-up unified social credit codes with right check digits (GB 32100-2015, GB 11714)."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_SPREAD = 514_229
"""A prime that is no multiple of 31: serials are spread over all bodies without meeting."""


def check_character(body: str) -> str:
    """Character 18 for the first 17 characters."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(body, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check(body: str) -> str:
    """Character 17 for the eight characters of the organisation code."""
    rest = 11 - sum(_ORGANISATION.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def credit_code(serial: int, region_code: str, kind: str = "91") -> str:
    """The made-up code of one serial number below 31**6; different serials give different codes."""
    rest, body = serial * _SPREAD % 31**6, ""
    for _ in range(6):
        rest, digit = divmod(rest, 31)
        body += ALPHABET[digit]
    organisation = f"MF{body}"
    start = f"{kind}{region_code}{organisation}{organisation_check(organisation)}"
    return start + check_character(start)


def is_valid(code: str) -> bool:
    """Whether length, alphabet and check character are right."""
    return len(code) == 18 and all(c in ALPHABET for c in code) and check_character(code[:17]) == code[17]
