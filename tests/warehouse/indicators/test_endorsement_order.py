"""Endorsements of one day: of whatever numbers, the database puts them in the order that docs/indicators.md tells."""

from __future__ import annotations

import re

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

NUMBERS = st.lists(st.text("0129AZa-.批٣ ", min_size=1, max_size=50), min_size=2, max_size=12, unique=True)


def natural(number: str) -> list[str | int]:
    return [int(piece) if piece.isdecimal() and piece.isascii() else piece for piece in re.split("([0-9]+)", number)]


@given(numbers=NUMBERS)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_digit_runs_are_numbers_and_everything_else_is_text(connection: sa.Connection, numbers: list[str]) -> None:
    query = sa.text('select n from unnest(:numbers) as n order by core.number_pieces(n) collate "C", n collate "C"')
    found = connection.execute(query, {"numbers": numbers}).scalars().all()
    assert found == sorted(numbers, key=lambda number: (natural(number), number))
