"""A column of credit codes at a glance: which of them are plainly right, so that only the others are judged one by one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import credit_code
from schemas.column_bytes import contents
from schemas.province import province

_SHAPE = f"^9[{credit_code.ALPHABET}]{{17}}$"
_NO_CHECK = 11  # no character of a check: its sum is never a multiple of eleven
_WIDTH = 18


def plainly_right(text: pa.Array) -> pa.Array:
    """Which texts are a company's credit code that ``credit_code.check`` has nothing to say of; null counts as no.

    Such a code begins with 9 and is right in both its check characters, so it is no person's number either.
    """
    shaped = pc.fill_null(pc.match_substring_regex(text, _SHAPE), False)
    codes = text.filter(shaped)
    right = np.zeros(len(text), bool)
    if len(codes):
        letters = np.frombuffer(contents(codes), np.uint8).reshape(-1, _WIDTH)
        right[shaped.to_numpy(zero_copy_only=False)] = _checked(letters) & _present(codes)
    return pa.array(right)


def _checked(letters: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    whole = _VALUES[letters[:, :17]] @ np.array(credit_code.WEIGHTS) + _VALUES[letters[:, 17]]
    part = _ORGANISATION_VALUES[letters[:, 8:16]] @ np.array(credit_code.ORGANISATION_WEIGHTS)
    check = _ORGANISATION_CHECKS[letters[:, 16]]
    answer: npt.NDArray[np.bool_] = (whole % 31 == 0) & (check < _NO_CHECK) & ((part + check) % 11 == 0)
    return answer


def _present(codes: pa.Array) -> npt.NDArray[np.bool_]:
    regions = pc.utf8_slice_codeunits(codes, 2, 8)
    present = [each for each in pc.unique(regions).to_pylist() if credit_code.is_present_region(each, province().code)]
    answer: npt.NDArray[np.bool_] = pc.is_in(regions, pa.array(present, pa.string())).to_numpy(zero_copy_only=False)
    return answer


def _table(characters: str, otherwise: int = 0) -> npt.NDArray[np.int64]:
    """What each byte is worth: its place among some characters."""
    values = np.full(256, otherwise)
    values[np.frombuffer(characters.encode(), np.uint8)] = range(len(characters))
    return values


_VALUES = _table(credit_code.ALPHABET)
_ORGANISATION_VALUES = _table(credit_code.ORGANISATION_ALPHABET)
_ORGANISATION_CHECKS = _table("0123456789X", _NO_CHECK)
