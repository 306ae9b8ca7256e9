"""How values are written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from portal.look import formats


def test_yuan_keep_their_decimals() -> None:
    assert formats.amount(Decimal("1234567.80")) == "1,234,567.80"
    assert formats.amount(Decimal("-0.05")) == "-0.05"
    assert formats.amount(None) == "—"


def test_a_percentage_is_filled_up_and_never_rounded() -> None:
    assert formats.percent("80.5", 2) == "80.50%"
    assert formats.percent("80") == "80%"
    assert formats.percent("-3", 1) == "-3.0%"
    assert formats.percent(None, 1) == "—"
    with pytest.raises(ValueError, match=r"80\.55"):
        formats.percent("80.55", 1)


def test_moments_are_told_in_shanghai() -> None:
    late = dt.datetime(2026, 11, 20, 16, 30, 5, tzinfo=dt.UTC)
    assert formats.moment(late) == "2026-11-21 00:30"
    assert formats.second(late) == "2026-11-21 00:30:05"
    assert formats.date(late) == "2026-11-21"
    assert formats.date(dt.date(2026, 11, 20)) == "2026-11-20"
    with pytest.raises(ValueError, match="time zone"):
        formats.moment(dt.datetime(2026, 11, 20))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("bytes_", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KB"), (1_024_000, "1.0 MB"), (3_251_200, "3.1 MB"), (5 << 30, "5.0 GB"), (None, "—")],
)  # fmt: skip
def test_sizes(bytes_: int | None, text: str) -> None:
    assert formats.size(bytes_) == text


def test_an_address_leaves_out_what_is_not_chosen() -> None:
    assert (
        formats.url("/list", {"city": "370200", "name": ""}, after=None, sort="人数")
        == "/list?city=370200&sort=%E4%BA%BA%E6%95%B0"
    )
    assert formats.url("/list") == "/list"
    assert formats.url("/list", name="a&b=c") == "/list?name=a%26b%3Dc"
