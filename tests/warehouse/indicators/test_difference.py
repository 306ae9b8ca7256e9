"""Why a figure moved: the parts add up exactly, and each says what its cause alone did."""

from __future__ import annotations

import pathlib
import random
from decimal import Decimal
from fractions import Fraction

import pytest
import sqlalchemy as sa

from tests.warehouse.indicators.story import Hub, Story
from warehouse.database import calendars
from warehouse.database.calendars import Edition
from warehouse.indicators.catalogue import load_definition
from warehouse.indicators.difference import difference
from warehouse.indicators.explain import Place
from warehouse.indicators.parts import CAUSES, Difference, Part

PUBLISHED = (
    "coverage_ratio", "insured_enterprise_count", "service_breadth_ratio", "loss_ratio_simple", "earned_loss_ratio",
    "service_completion_ratio", "hazard_rectification_ratio", "timeliness_ratio", "loss_ratio_received",
)  # fmt: skip
DISTINCT = ("insured_enterprise_count", "service_breadth_ratio", "coverage_ratio")


@pytest.fixture
def hub(engine: sa.Engine, tmp_path: pathlib.Path) -> Hub:
    return Hub(engine, tmp_path)


@pytest.fixture(scope="module")
def story(shared_engine: sa.Engine, tmp_path_factory: pytest.TempPathFactory) -> Hub:
    """Eight publications with seven random deliveries before each; one under another definition."""
    hub = Hub(shared_engine, tmp_path_factory.mktemp("landing"), PUBLISHED)
    told = Story(hub, seed=24)
    told.begin()
    hub.publish()
    text = load_definition("coverage_ratio").contributions_sql
    other = {"contributions_sql": text.replace("    1 as denominator,", "    2 as denominator,"), "version": 2}
    for n in range(7):
        for _ in range(7):
            told.go_on()
        hub.pass_time(days=3)
        hub.publish(**(other if n == 4 else {}))
    return hub


def explained(hub: Hub, place: Place, limit: int = 9) -> Difference:
    """The difference between the first and the last publication."""
    with hub.engine.begin() as connection:
        (found,) = difference(connection, hub.publications[0], hub.publications[-1], [place], limit=limit)
    assert found.adds_up
    return found


def moving(found: Difference) -> dict[str, tuple[str, str | None]]:
    """Numerator and denominator of the parts that are not zero."""
    return {
        part.cause: (str(part.numerator), None if part.denominator is None else str(part.denominator))
        for part in found.parts
        if part.numerator or part.denominator or part.value
    }


def part_of(found: Difference, cause: str) -> Part:
    return found.parts[CAUSES.index(cause)]


def test_parts_of_random_pairs_add_up_exactly(story: Hub) -> None:
    chance, seen, moved, distinct, empty = random.Random(45), 0, set(), 0, 0
    with story.engine.begin() as connection:
        for _ in range(12):
            before, after = chance.sample(story.publications, 2)
            cells = {end.publication_id: published(connection, end.publication_id) for end in (before, after)}
            known = sorted({place for figures in cells.values() for place in figures}, key=repr)
            whole = [place for place in known if place == Place(place.indicator, place.period_kind)]
            distinct_ones = [place for place in known if place.indicator in DISTINCT]
            places = list({*chance.sample(known, 3), *chance.sample(whole, 5), *chance.sample(distinct_ones, 2)})
            for found in difference(connection, before, after, places):
                first, last = (cells[end.publication_id].get(found.place, (0, None)) for end in (before, after))
                parts = found.parts
                assert sum(p.numerator for p in parts) == last[0] - first[0], found
                assert sum(p.denominator or 0 for p in parts) == (last[1] or 0) - (first[1] or 0), found
                assert sum(p.value for p in parts) == quotient(found.unit, last) - quotient(found.unit, first), found
                assert found.adds_up
                reproduced = part_of(found, "reference")
                assert not reproduced.numerator
                assert not reproduced.denominator
                assert not reproduced.value
                seen += 1
                distinct += found.place.indicator in DISTINCT
                empty += found.first.value is None or found.last.value is None
                moved |= moving(found).keys()
    assert (seen >= 100, distinct >= 20, empty >= 5) == (True, True, True), (seen, distinct, empty)
    assert moved >= {"period", "delivery", "correction", "register", "definition"}


def published(connection: sa.Connection, publication_id: int) -> dict[Place, tuple[Decimal, Decimal | None]]:
    """Numerator and denominator of every cell of a publication."""
    query = sa.text(
        "select indicator, period_kind, region_code, domain_code, insurer_id, numerator, denominator"
        " from mart.indicator_value where publication_id = :publication_id"
    )
    rows = connection.execute(query, {"publication_id": publication_id})
    return {Place(*row[:5]): (row.numerator, row.denominator) for row in rows}


def quotient(unit: str, sums: tuple[Decimal, Decimal | None]) -> Fraction:
    """The exact value of stored sums; zero where there is none."""
    if unit == "count":
        return Fraction(sums[0])
    return Fraction(sums[0]) / Fraction(sums[1]) if (sums[1] or 0) > 0 else Fraction(0)


def policy(number: int, **changes: object) -> dict[str, object]:
    """A policy of one enterprise."""
    return {"policy_no": f"P{number}", "insured_credit_code": f"E{number}", **changes}


def test_each_cause_has_its_part_its_records_and_its_batches(hub: Hub) -> None:
    hub.deliver("enterprise", [{"credit_code": f"E{n}"} for n in range(1, 5)])
    hub.deliver("policy", [policy(3, cover_end_date="2026-10-02"), policy(4)])
    held = hub.deliver("policy", [policy(2)], held=[1])
    hub.publish()
    delivered = hub.deliver("policy", [policy(1)])
    corrected = hub.deliver("policy", [policy(4, operation_code="D")])
    registered = hub.deliver("enterprise", [{"credit_code": "E5"}])
    hub.deliver("claim", [{"report_no": "C1"}])
    hub.ruleset = "rules-2"
    assert hub.replay(held).accepted == 1
    hub.pass_time(days=4)
    doubled = load_definition("I1").contributions_sql.replace("    1 as denominator,", "    2 as denominator,")
    hub.publish(contributions_sql=doubled, version=2)

    found = explained(hub, Place("I1", "as_of"))
    assert moving(found) == {
        "period": ("-1", "0"),
        "delivery": ("1", "0"),
        "correction": ("-1", "0"),
        "register": ("0", "1"),
        "rule": ("1", "0"),
        "definition": ("0", "5"),
    }
    values = {part.cause: part.value for part in found.parts if part.value}
    assert values == {
        "period": Fraction(-1, 4), "delivery": Fraction(1, 4), "correction": Fraction(-1, 4),
        "register": Fraction(1, 5) - Fraction(1, 4), "rule": Fraction(1, 5), "definition": Fraction(-1, 5),
    }  # fmt: skip
    assert (found.first.value, found.last.value) == (Fraction(2, 4), Fraction(2, 10))
    assert [version for version, _ in found.definitions] == [1, 2]
    behind = {cause: part_of(found, cause) for cause in ("delivery", "correction", "register", "rule")}
    batches = {cause: [load.batch_id for load in part.loads] for cause, part in behind.items()}
    assert batches == {"delivery": [delivered], "correction": [corrected], "register": [registered], "rule": [held]}
    keys = {cause: [(r.record_type, r.record_key) for r in part.records] for cause, part in behind.items()}
    assert keys == {
        "delivery": [("policy", "P1")], "correction": [("policy", "P4")], "register": [("enterprise", "E5")],
        "rule": [("policy", "P2")],
    }  # fmt: skip
    (load,) = behind["rule"].loads
    assert (load.kind, load.ruleset_version, load.files) == ("replay", "rules-2", ("rows.json",))
    assert [r.record_key for r in part_of(found, "period").records] == ["E3"]


def test_the_way_back_has_the_same_parts_with_the_other_sign(hub: Hub) -> None:
    hub.deliver("enterprise", [{"credit_code": "E1"}, {"credit_code": "E2"}])
    hub.publish()
    hub.deliver("policy", [policy(1)])
    hub.publish()
    there = explained(hub, Place("I1", "as_of"))
    hub.publications.reverse()
    back = explained(hub, Place("I1", "as_of"))
    assert moving(there) == {"delivery": ("1", "0")}
    assert moving(back) == {"delivery": ("-1", "0")}


def test_a_figure_without_value_counts_as_zero(hub: Hub) -> None:
    hub.publish()
    paid = {"payment_no": "Y1", "paid_amount": "30.00", "paid_at": "2026-09-01T10:00:00+08:00"}
    hub.deliver("policy", [policy(1, written_premium_amount="90.00")])
    hub.deliver("claim", [{"report_no": "C1"}])
    hub.deliver("claim_payment", [paid])
    hub.publish()
    found = explained(hub, Place("I2", "ytd"))
    assert (found.first.value, found.last.value) == (None, Fraction(1, 3))
    assert {part.cause: part.value for part in found.parts if part.value} == {"delivery": Fraction(1, 3)}


def test_a_batch_replayed_under_another_calendar_is_the_calendars_part(hub: Hub) -> None:
    hub.deliver("enterprise", [{"credit_code": "E1"}])
    held = hub.deliver("policy", [policy(1)], held=[1])
    hub.publish()
    edition = Edition(-2, "test-2027", hub.now.date(), hub.now.date(), hub.now, "test", "another")
    with hub.engine.begin() as connection:
        calendars.keep_edition(connection, edition)
    hub.replay(held)
    hub.publish()
    assert moving(explained(hub, Place("I1", "as_of"))) == {"calendar": ("1", "0")}


def test_regions_that_were_filled_anew_are_told_apart(hub: Hub) -> None:
    hub.deliver("enterprise", [{"credit_code": "E1"}, {"credit_code": "E2", "region_code": "370202"}])
    hub.publish()
    with hub.engine.begin() as connection:
        connection.execute(sa.text("delete from reference.region_resolution where region_code = '370202'"))
        connection.execute(sa.text("insert into reference.region_resolution values ('370202', '2000-01-01')"))
    hub.publish()
    found = explained(hub, Place("I1", "as_of", "370200"))
    assert moving(found) == {"reference": ("0", "-1")}


def test_a_cell_that_was_never_published_is_named(hub: Hub) -> None:
    hub.publish()
    hub.publish()
    with pytest.raises(LookupError, match=r"coverage_ratio \(as_of\) has no published cell 370000 × \* × lichun"):
        explained(hub, Place("I1", "as_of", insurer_id="lichun"))


def test_nothing_is_left_behind_and_the_loader_may_ask(hub: Hub) -> None:
    hub.deliver("enterprise", [{"credit_code": "E1"}])
    hub.publish()
    hub.deliver("policy", [policy(1)])
    hub.publish()
    with hub.engine.begin() as connection:
        connection.exec_driver_sql("set local role anze_loader")
        difference(connection, *hub.publications, [Place("I1", "as_of")], limit=1)
        left = "select count(*) from pg_class where relnamespace = pg_my_temp_schema()"
        assert connection.exec_driver_sql(left).scalar_one() == 0
        functions = "select count(*) from pg_proc where pronamespace = pg_my_temp_schema()"
        assert connection.exec_driver_sql(functions).scalar_one() == 0
