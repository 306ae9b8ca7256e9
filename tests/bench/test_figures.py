"""What the bench tells: medians, ratios within a round, sections that stay as they were measured."""

from __future__ import annotations

import csv
import pathlib

import pytest

from bench import smoke
from bench.figures import Measurement, Spread, megabytes, ratio, verdict, write
from bench.files import VARIANTS, lines
from sandbox.truth.credit_code import is_valid


def test_ratios_are_taken_within_a_round() -> None:
    """A machine that is slow for one round makes no difference."""
    ours, theirs = [Measurement(2), Measurement(40)], [Measurement(1), Measurement(20)]
    assert ratio(ours, theirs) == Spread(2, 2, 2)


def test_spread_stands_beside_the_median() -> None:
    assert Spread.of([3, 1, 2]).told(".1f") == "2.0 (1.0-3.0)"
    assert Spread.of([2]).told(".1f") == "2.0"


def test_memory_is_the_most_of_all_runs() -> None:
    assert megabytes([Measurement(1, 10, 4), Measurement(1, 30, 2)]) == "30 + 4"
    assert megabytes([Measurement(1)]) == "-"


@pytest.mark.parametrize(("found", "said"), [(2.0, "met"), (3.0, "**missed by 50 %**")])
def test_a_target_is_met_or_missed_by_so_much(found: float, said: str) -> None:
    assert verdict(found, 2.0) == said


def test_one_section_is_measured_again_and_the_others_stay(tmp_path: pathlib.Path) -> None:
    page = tmp_path / "benchmarks.md"
    for name, body in (("a", "first"), ("b", "second"), ("a", "third")):
        write(name, body, page)
    text = page.read_text(encoding="utf-8")
    assert "first" not in text
    assert text.index("third") < text.index("second")
    assert text.count("# Benchmarks\n") == 1


def test_what_grew_by_more_than_half_is_told() -> None:
    now = {"a": Spread(2.9, 2.9, 3), "b": Spread(3.2, 3.1, 4)}
    told, is_good = smoke.compare(now, {"a": 2.0, "b": 2.0})
    assert not is_good
    assert [line[-1] for line in told] == ["as before", "**more than 3.00**"]


def test_rows_are_held_changed_and_crowded_as_their_variant_says() -> None:
    """Every enterprise has a right credit code of its own."""
    first, changed, crowded = (
        list(csv.DictReader(lines("policy", 2_000, VARIANTS[name]))) for name in ("first", "changed", "crowded")
    )
    assert sum(row["policy_status_code"] == "77" for row in first) == 20
    assert sum(a != b for a, b in zip(first, changed, strict=True)) == 200
    codes = {row["insured_credit_code"] for row in first}
    assert len(codes) == 2_000
    assert all(map(is_valid, codes))
    assert len({row["insured_credit_code"] for row in crowded}) == 2
