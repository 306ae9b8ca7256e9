"""Numbers of persons, which the hub never collects and so never repeats: identity numbers (GB 11643-1999), mobile phones."""

from __future__ import annotations

import datetime as dt
import re

from schemas.contract import Field
from schemas.credit_code import check, has_organisation_check, normalise
from schemas.folding import half_width

HIDDEN = "(已隐去)"

#: The first two digits of an identity number: GB/T 2260, with 81 to 83 for Hong Kong, Macao and Taiwan.
_PROVINCES = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]"
_SHAPE = re.compile(rf"(?:(?:{_PROVINCES})\d{{4}}|9(?:{_PROVINCES})\d{{3}})((?:19|20)\d{{6}})\d{{3}}[\dX]")
_OLD_SHAPE = re.compile(rf"(?:{_PROVINCES})\d{{4}}(\d{{6}})\d{{3}}")
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECK_CHARACTERS = "10X98765432"
_INSIDE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{6}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx]|[0-9]{15}|1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4})(?![0-9A-Za-z])"
)
_PHONE_DIGITS, _OLD_DIGITS, _DIGITS = 11, 15, 18


def is_identity_number(text: str) -> bool:
    """Whether a text is an identity number: 18 characters with a birthday and the right check character.

    Blanks, hyphens, full width and a small x do not hide it. A permanent residence card's number begins with 9 as most
    credit codes do: what is right as a credit code in both its check characters is none.
    """
    if len(text) < _DIGITS:
        return False
    code = normalise(text)
    shape = _SHAPE.fullmatch(code)
    if shape is None or not _is_day(shape[1]) or code[17] != _check_character(code):
        return False
    return not _is_organisation(code)


def resembles_identity_number(text: str) -> bool:
    """Whether a text has the form of an identity number, mistyped or of 15 digits, as it was given until 1999."""
    if len(text) < _OLD_DIGITS:
        return False
    code = normalise(text)
    shape = _SHAPE.fullmatch(code)
    if shape is not None:
        return _is_day(shape[1]) and not _is_organisation(code)
    old = _OLD_SHAPE.fullmatch(code)
    return old is not None and _is_day(f"19{old[1]}")


def holds_identity_number(text: str) -> bool:
    """Whether an identity number of 18 characters stands in a text, or is the whole of it."""
    return is_identity_number(text) or any(is_identity_number(found) for found in _INSIDE.findall(half_width(text)))


def shown(text: str | None, field: Field | None) -> str | None:
    """What a finding may show of a value: nothing of a personal field, nor an identity number in another's place.

    In texts the numbers inside are hidden. A number of 15 digits is hidden in a credit code's place and in texts only:
    policy numbers of regions and dates have that form.
    """
    if text is None or (field is not None and field.is_hidden):
        return None
    if field is not None and field.semantic_type == "credit_code":
        return None if is_identity_number(text) or resembles_identity_number(text) else text
    if field is not None and field.kind in ("text", "list"):
        return without_numbers(text)
    return None if is_identity_number(text) else text


def without_numbers(text: str) -> str:
    """A text with the persons' numbers inside hidden: identity numbers, also of 15 digits, and mobile phones."""
    if is_identity_number(text):
        return HIDDEN
    folded = half_width(text)
    hidden = _INSIDE.sub(lambda found: HIDDEN if _is_personal(found[0]) else found[0], folded)
    return text if hidden == folded else hidden


def _is_organisation(code: str) -> bool:
    return code[0] == "9" and check(code).is_valid and has_organisation_check(code)


def _is_personal(found: str) -> bool:
    number = found.replace(" ", "").replace("-", "")
    if len(number) == _PHONE_DIGITS:
        return True
    return is_identity_number(number) if len(number) == _DIGITS else resembles_identity_number(number)


def _is_day(digits: str) -> bool:
    try:
        dt.datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007  a birthday has no zone
    except ValueError:
        return False
    return True


def _check_character(text: str) -> str:
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return _CHECK_CHARACTERS[total % 11]
