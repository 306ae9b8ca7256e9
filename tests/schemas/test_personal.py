"""Numbers of persons are recognised however they are written, and hidden; numbers of organisations and policies are not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.contract import load_contract
from schemas.credit_code import check_character, organisation_check_character
from schemas.personal import HIDDEN, holds_identity_number, is_identity_number, shown, without_numbers

POLICY = load_contract("policy")
#: Made up; the second is right as a credit code too.
PERSON, BOTH = "11010519491231002X", "370102198001011077"


def person(region: str, birthday: dt.date, serial: int) -> str:
    """A number with the check character of ISO 7064, MOD 11-2."""
    first_17 = f"{region}{birthday:%Y%m%d}{serial:03}"
    weighed = sum(int(digit) * pow(2, 17 - place) for place, digit in enumerate(first_17))
    return first_17 + "10X98765432"[weighed % 11]


@given(
    st.sampled_from(["110101", "370102", "370982", "440305", "659001", "810000", "830000"]),
    st.dates(dt.date(1900, 1, 1), dt.date(2025, 12, 31)),
    st.integers(0, 999),
)
def test_every_number_of_a_person_is_recognised(region: str, birthday: dt.date, serial: int) -> None:
    number = person(region, birthday, serial)
    assert is_identity_number(number)
    assert shown(number, POLICY.by_name["holder_credit_code"]) is None
    assert number not in str(shown(f"投保人{number}", POLICY.by_name["holder_name"]))


@pytest.mark.parametrize(
    "written",
    [
        PERSON,
        BOTH,
        PERSON.lower(),
        "110105 19491231 002X",
        "110105-19491231-002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        f" {PERSON}\u200b",
    ],
)
def test_no_way_of_writing_hides_one(written: str) -> None:
    assert is_identity_number(written)
    assert shown(written, POLICY.by_name["insured_credit_code"]) is None


@pytest.mark.parametrize("number", ["110105491231002", "110105194912310021", "911124198108030024"])
def test_old_mistyped_and_residents_numbers_are_not_shown_in_a_credit_codes_place(number: str) -> None:
    assert shown(number, POLICY.by_name["holder_credit_code"]) is None


def test_texts_lose_the_numbers_inside_and_keep_the_rest() -> None:
    text = f"联系人张某,电话 138-0000-1234,证件 {PERSON} 及 110105491231002,保单 P-13800001234A"
    assert without_numbers(text) == f"联系人张某,电话 {HIDDEN},证件 {HIDDEN} 及 {HIDDEN},保单 P-13800001234A"
    assert holds_identity_number(text)
    assert not holds_identity_number("联系人张某,电话 13800001234")


def test_keys_of_regions_and_dates_stay_readable() -> None:
    policy_no = POLICY.by_name["policy_no"]
    for number in ("370102260115001", "13800001234", "202611180001"):
        assert shown(number, policy_no) == number


@given(st.integers(0, 99_999_999), st.sampled_from(["370102", "371302", "110119", "310120", "500120"]))
def test_a_companys_own_code_is_no_person(serial: int, region: str) -> None:
    body = f"91{region}{serial:08}{organisation_check_character(f'{serial:08}')}"
    code = body + check_character(body)
    assert not is_identity_number(code)
    assert shown(code, POLICY.by_name["holder_credit_code"]) == code
