"""Resident identity numbers, 公民身份号码 (GB 11643-1999): never collected, so never repeated where one turns up."""

from __future__ import annotations

import datetime as dt
import re

_SHAPE = re.compile(r"[1-8]\d{5}((?:19|20)\d{6})\d{3}[\dXx]")
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_CHARACTERS = "10X98765432"


def is_identity_number(text: str) -> bool:
    """Whether a text is an 18-character identity number: a birthday inside, and the right check character."""
    shape = _SHAPE.fullmatch(text)
    return shape is not None and _is_day(shape[1]) and text[17].upper() == _check_character(text)


def _is_day(digits: str) -> bool:
    try:
        dt.datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007  a birthday has no zone
    except ValueError:
        return False
    return True


def _check_character(text: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECK_CHARACTERS[total % 11]
