"""Times as interfaces write them, against a reading by the standard library."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.moments import to_microseconds, without_last_second
from quality.reading import read
from sandbox.oracle.values import date, timestamp
from schemas.contract import load_contract

FIELD = load_contract("policy").by_name["source_updated_at"]
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 30))
ZONES = st.sampled_from(["", "Z", "z", "+0800", "+08", "+08:00", "-05:30"])
FRACTIONS = st.text("0123456789", min_size=1, max_size=9).flatmap(lambda f: st.sampled_from(["", f".{f}", f",{f}"]))


@settings(deadline=None)
@given(DAYS, st.integers(0, 86_399), FRACTIONS, st.tuples(st.sampled_from("Tt "), ZONES))
def test_every_iso_time_is_read_as_it_was_meant(
    day: dt.date, second: int, fraction: str, signs: tuple[str, str]
) -> None:
    moment = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=second)
    between, zone = signs
    text = f"{moment:%Y-%m-%d}{between}{moment:%H:%M:%S}{fraction}{zone}"
    values, is_cut = to_microseconds(pa.array([text]))
    meant = moment.replace(microsecond=int(fraction[1:7].ljust(6, "0") or 0) if fraction else 0)
    offset = {"": 8, "Z": 0, "z": 0, "-05:30": -5.5}.get(zone, 8)
    meant = meant.replace(tzinfo=dt.timezone(dt.timedelta(hours=offset)))
    assert read(FIELD, values).values[0].as_py() == meant == timestamp(text)
    assert is_cut == bool(fraction[7:].strip("0"))


@pytest.mark.parametrize("text", ["2026-11-18T01:02:03.1234567890Z", "2026-11-18T01:02:03.Z", "2026-11-18T25:00:00Z"])
def test_what_is_no_such_time_stays_as_it_is(text: str) -> None:
    values, is_cut = to_microseconds(pa.array([text]))
    assert (values.to_pylist(), is_cut) == ([text], False)
    assert read(FIELD, values).faults


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("9999-12-31T23:59:59", "9999-12-31"),
        ("9999-12-31 23:59:59.999", "9999-12-31"),
        ("2099-12-31T23:59:59+08:00", "2099-12-31"),
        ("2027-03-09T23:59:59", "2027-03-09T23:59:59"),
        ("9999-12-31", "9999-12-31"),
    ],
)
def test_the_last_second_of_all_time_is_its_day(text: str, meant: str) -> None:
    assert without_last_second(pa.array([text])).to_pylist() == [meant]
    if len(meant) == 10:
        assert date(text) == dt.date.fromisoformat(meant)
