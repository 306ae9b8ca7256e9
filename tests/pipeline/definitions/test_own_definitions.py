"""What a province says for itself lies over what ships with the hub: bounds, floors, notices of days off."""

from __future__ import annotations

import datetime as dt
import pathlib

import pytest

from quality.catalogue import find_rules, load_rules
from quality.working_days import load_calendar
from schemas.code_lists import load_code_list
from schemas.errors import DefinitionError
from schemas.province import VARIABLE
from warehouse.indicators.catalogue import load_definition


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """The folder of a province, still without a name."""
    (tmp_path / "bounds").mkdir()
    (tmp_path / "calendar").mkdir()
    (tmp_path / "province.yml").write_text('code: "410000"\n', encoding="utf-8")
    return tmp_path


def test_own_bounds_hold_from_their_first_day_and_the_shipped_ones_before(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = load_rules()
    (folder / "bounds" / "deliveries.yml").write_text(
        '- {name: row_floor, value: 50, valid_from: 2026-01-01, source: "通知"}\n', encoding="utf-8"
    )
    (folder / "bounds" / "amounts.yml").write_text(
        "- {record_type: claim, field: death_count, warn_above: 3, hold_above: 100, valid_from: 2026-01-01, source: 通知}\n",
        encoding="utf-8",
    )
    monkeypatch.setenv(VARIABLE, str(folder))
    own = load_rules()
    floors = [(b.value, b.valid_from, b.valid_to) for b in own.bounds if b.name == "row_floor"]
    assert floors == [(30, dt.date(2025, 1, 1), dt.date(2025, 12, 31)), (50, dt.date(2026, 1, 1), None)]
    deaths = [(b.warn_above, b.valid_to) for b in own.amount_bounds if b.field == "death_count"]
    assert deaths == [(30, dt.date(2025, 12, 31)), (3, None)]
    assert own.version != shipped.version
    monkeypatch.delenv(VARIABLE)
    assert load_rules() is shipped


def test_a_mistake_in_own_bounds_is_told_with_its_file_and_line(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = '\n- {name: row_flor, value: 50, valid_from: 2026-01-01, source: "通知"}\n'
    (folder / "bounds" / "deliveries.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder))
    with pytest.raises(
        DefinitionError, match=r"province/bounds/deliveries\.yml:2: row_flor\.name: .*did you mean 'row_floor'"
    ):
        load_rules()
    assert find_rules().is_broken("policy")


@pytest.mark.parametrize("name", ["amount.yml", "amounts.yaml"])
def test_bounds_in_a_file_that_nobody_reads_are_told(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (folder / "bounds" / name).write_text("[]\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder))
    with pytest.raises(DefinitionError, match=rf"province/bounds/{name}: file name: .*; fix: .*bounds/amounts.yml"):
        load_rules()


def test_an_own_floor_counts_instead_of_the_shipped_one_from_its_first_day(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "indicators.yml").write_text(
        "- {indicator: coverage_ratio, value: 30, valid_from: 2026-01-01, valid_to: 2026-06-30, label: 口径, source: 通知}\n"
        "- {indicator: coverage_ratio, value: 5, valid_from: 2026-12-01, label: 口径, source: 通知}\n",
        encoding="utf-8",
    )
    shipped = load_definition("coverage_ratio")
    monkeypatch.setenv(VARIABLE, str(folder))
    own = load_definition("coverage_ratio")
    assert own.digest == shipped.digest
    days = ("2025-12-31", "2026-01-01", "2026-06-30", "2026-07-01", "2026-12-01")
    assert [own.least(dt.date.fromisoformat(day)) for day in days] == [10, 30, 30, 0, 5]
    assert {shipped.least(dt.date.fromisoformat(day)) for day in days} == {10}
    assert load_definition("fee_input_ratio").min_denominator is not None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "- {indicator: coverage_ration, value: 3, valid_from: 2026-01-01, label: 口径, source: 通知}\n",
            "indicators.yml:1: coverage_ration.indicator: .* is no indicator.*did you mean 'coverage_ratio'",
        ),
        (
            "\n- {indicator: coverage_ratio, value: 3, label: 口径, source: 通知}\n",
            "indicators.yml:2: coverage_ratio.valid_from: is missing; fix: add valid_from",
        ),
        (
            "- {indicator: insured_enterprise_count, value: 3, valid_from: 2026-01-01, label: 口径, source: 通知}\n",
            "indicators.yml:1: insured_enterprise_count.indicator: insured_enterprise_count has no denominator",
        ),
        (
            "- {indicator: coverage_ratio, value: 3, valid_from: 2026-01-01, label: 口径, source: 通知}\n" * 2,
            "indicators.yml:2: coverage_ratio.valid_from: 2026-01-01 begins another floor of it, too",
        ),
        (
            "- {indicator: coverage_ratio, value: 3, valid_from: 2026-01-01, valid_to: 2025-01-01, label: 口径, source: 通知}\n",
            "indicators.yml:1: coverage_ratio.valid_to: 2025-01-01 is before valid_from",
        ),
        ("coverage_ratio: {}\n", "indicators.yml:1: document: is no list; fix: begin each entry with `- `"),
    ],
)
def test_a_mistake_in_own_floors_is_told_with_its_line(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    (folder / "indicators.yml").write_text(text, encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder))
    with pytest.raises(DefinitionError, match=told):
        load_definition("coverage_ratio")


def test_own_names_of_insurers_stand_instead_of_the_shipped_ones(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "code_lists" / "insurer_alias.yml"
    file.parent.mkdir()
    entries = '  name: 保险机构别名\n  source: 省厅\n  confidence: confirmed\n  entries:\n    - {code: "ZYCX", zh: 中原, en: ZYCX}\n'
    file.write_text(f"CL-INSURER:\n{entries}", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder))
    assert [entry.code for entry in load_code_list("CL-INSURER").entries] == ["ZYCX"]
    assert load_code_list("CL-DOMAIN").entries


def test_a_list_that_is_the_same_everywhere_is_no_province_s(
    folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = folder / "code_lists" / "domain.yml"
    file.parent.mkdir()
    file.write_text("CL-DOMAIN: {name: x, source: x, confidence: confirmed, entries: []}\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(folder))
    with pytest.raises(DefinitionError, match="a province says CL-INSURER"):
        load_code_list("CL-DOMAIN")


def test_own_notices_add_to_the_calendar(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load_calendar()
    year = shipped.last_day.year + 1
    notice = f"{year},1,{year - 1}-11-28,国务院办公厅关于{year}年部分节假日安排的通知,secondary\n"
    (folder / "calendar" / "notices.csv").write_text(f"year,revision,announced,source,confidence\n{notice}", "utf-8")
    (folder / "calendar" / f"{year}-1.csv").write_text(
        f"holiday,kind,first_day,last_day\n元旦,off,{year}-01-01,{year}-01-03\n", encoding="utf-8"
    )
    monkeypatch.setenv(VARIABLE, str(folder))
    own = load_calendar()
    assert own.last_day == dt.date(year, 12, 31)
    assert not own.is_working_day(dt.date(year, 1, 1))
    monkeypatch.delenv(VARIABLE)
    assert load_calendar() is shipped
