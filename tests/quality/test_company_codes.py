"""Codes that are plainly right are just those that are kept without a word when they are judged one by one."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.company_codes import plainly_right
from schemas import credit_code
from schemas.personal import is_identity_number

REGIONS = ("370202", "370000", "370100", "100000", "110101", "371202", "379999", "9A0000")
letters = st.text(st.sampled_from(credit_code.ALPHABET), min_size=8, max_size=8)


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Right codes and near ones: each check character, the region, the authority and single characters may be wrong."""
    organisation = draw(letters)
    check = draw(st.sampled_from((credit_code.organisation_check_character(organisation), "0", "X", "A")))
    first = (
        draw(st.sampled_from(("91", "91", "9X", "51", "A1"))) + draw(st.sampled_from(REGIONS)) + organisation + check
    )
    code = first + draw(st.sampled_from((credit_code.check_character(first), "0", "Y")))
    at = draw(st.integers(0, 200))
    return code[:at] + draw(st.sampled_from((code[at : at + 1], "I", " ", "９", "a", ""))) + code[at + 1 :]


@given(st.lists(st.one_of(st.none(), st.text(max_size=20), codes(), st.just("9" * 18)), max_size=30))
def test_what_is_plainly_right_is_found_right_by_itself(texts: list[str | None]) -> None:
    for text, is_right in zip(texts, plainly_right(pa.array(texts, pa.string())).to_pylist(), strict=True):
        if is_right:
            assert text is not None
            assert credit_code.check(text) == (text, True, (), None, None)
            assert not is_identity_number(text)
        elif text is not None and text.startswith("9"):
            read = credit_code.check(text)
            assert not read.is_valid or read.warnings


@pytest.mark.parametrize("region", ["370202", "100000"])
def test_a_slice_of_a_column_is_read_where_it_begins(region: str) -> None:
    first = f"91{region}MFRFJ5U6"
    first += credit_code.organisation_check_character(first[8:16])
    right = first + credit_code.check_character(first)
    column = pa.array(["中" * 18, None, right, "x", right, ""])
    assert plainly_right(column[2:5]).to_pylist() == [True, False, True]
