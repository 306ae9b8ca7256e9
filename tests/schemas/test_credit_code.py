"""Unified social credit codes: every vector of the domain reference, and what a typing mistake does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.credit_code import (
    ALPHABET,
    check,
    check_character,
    has_organisation_check,
    normalise,
    organisation_check_character,
)

VALID = [
    "9152000071430580XT",
    "91370200264574251E",
    "91100000100003962T",
    "91440300192317458F",
    "91440606722473344C",
    "91370000163044841F",
    "91440300192181490G",
    "91440400192548256N",
    "913700007456765902",
    "91370000723865016M",
    "12370000MBDEMHUB42",
    "91370000706266601D",
    "9144030010001686XA",
    "91100000710931483R",
    "91440300100012316L",
    "91370100MAFAKE1820",
    "91370100MAFAKE4140",
    "91370100MAFAKE9590",
    "N2370102MF1234567B",
    "92370105MAEXAMPL8Q",
    "93370881MADEMXTN6T",
    "91370202MAHUBTE11J",
]

INVALID = {
    "9152000071430580XU": "check_character",
    "9152000074130580XT": "check_character",
    "91100000100003692T": "check_character",
    "91440300192317458E": "check_character",
    "913700007456765000": "check_character",
    "913700007456765900": "check_character",
    "9.13700007456766E+17": "length",
    "000000000000000000": "placeholder",
    "91520000714305O0XT": "character",
    "9152000O71430580XT": "character",
    "91370200264574251S": "character",
    "9137020026457425IE": "character",
    "9152000071430580X": "length",
    "9152000071430580XTT": "length",
    "520000000012345": "length",
    "91370100MAFAKE182": "length",
    "": "empty",
    "－　-": "empty",
}

WANTED = {
    "9152000071430580XU": "T",
    "9152000074130580XT": "E",
    "91100000100003692T": "W",
    "91440300192317458E": "F",
    "913700007456765000": "Q",
    "913700007456765900": "2",
}


@pytest.mark.parametrize("code", VALID)
def test_a_valid_code_passes_without_a_warning(code: str) -> None:
    verdict = check(code)
    assert (verdict.is_valid, verdict.warnings, verdict.code) == (True, (), code)


@pytest.mark.parametrize(("code", "reason"), INVALID.items())
def test_an_invalid_code_is_refused_with_its_reason(code: str, reason: str) -> None:
    verdict = check(code)
    assert (verdict.is_valid, verdict.reason, verdict.expected) == (False, reason, WANTED.get(code))


@pytest.mark.parametrize(
    "text",
    [
        "9152000071430580xt",
        "91100000100003962t",
        "９１５２００００７１４３０５８０ＸＴ",
        " 91520000 71430580XT",
        "91520000-71430580XT",
    ],
)
def test_a_code_is_accepted_after_normalising(text: str) -> None:
    verdict = check(text)
    assert (verdict.is_valid, verdict.warnings) == (True, ("normalised",))
    assert verdict.code == normalise(text)


def test_what_only_warns() -> None:
    assert check("N2370102MF0000012T").warnings == ("organisation_check",)
    assert not has_organisation_check("N2370102MF0000012T")
    assert organisation_check_character("MF000001") == "3"
    assert check("91371203MACTRYAB9H").warnings == ("region",)
    first_17 = "Q1370102" + "MF000001" + "3"
    assert check(first_17 + check_character(first_17)).warnings == ("authority",)


codes = (
    st.text(ALPHABET, min_size=17, max_size=17).map(lambda t: t + check_character(t)).filter(lambda c: len(set(c)) > 1)
)


@given(codes, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, other: str) -> None:
    assert check(code).is_valid
    changed = code[:place] + other + code[place + 1 :]
    assert check(changed).is_valid == (changed == code)


@given(codes, st.integers(0, 16))
def test_swapped_neighbours_are_always_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert check(swapped).is_valid == (swapped == code)


@given(st.text(max_size=24))
def test_any_text_gets_a_verdict_and_normalising_twice_changes_nothing(text: str) -> None:
    verdict = check(text)
    assert verdict.is_valid == (verdict.reason is None)
    assert normalise(verdict.code) == verdict.code
