"""Drop folders: what is taken, what is left alone, and that looking changes nothing."""

from __future__ import annotations

import json
import logging
import pathlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.definition import load_definition
from connectors.drop import find_drops
from schemas.delivery import Control

TIANJI = load_definition("tianji", environ={})


def put(folder: pathlib.Path, name: str, content: str = "a,b\n") -> pathlib.Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def names(folder: pathlib.Path) -> list[str]:
    return [drop.path.name for drop in find_drops(TIANJI, folder)]


def test_parents_come_first_then_days_then_names(tmp_path: pathlib.Path) -> None:
    for name in ("claim_20261118.csv", "policy_20261121.csv", "policy_20261118(1).csv", "policy_20261118.csv"):
        put(tmp_path, name)
    assert names(tmp_path) == [
        "policy_20261118(1).csv",
        "policy_20261118.csv",
        "policy_20261121.csv",
        "claim_20261118.csv",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "policy.csv",
        "polizy_20261118.csv",
        "enterprise_20261118.csv",
        "policy_20261318.csv",
        "policy_2026111.csv",
        "policy_20261118.exe",
        "policy_20261118.csv.tmp",
        "policy_20261118.csv.part",
        ".policy_20261118.csv",
        "~$policy_20261118.xlsx",
        "policy_20261118\n.csv",
        "policy_20261118.csv.control.json",
    ],
)
def test_other_names_are_left_alone(tmp_path: pathlib.Path, name: str) -> None:
    put(tmp_path, name)
    assert find_drops(TIANJI, tmp_path) == []
    assert (tmp_path / name).exists()


def test_a_name_that_is_left_alone_is_told_without_control_characters(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "policy\x1b[31m_2026.csv")
    with caplog.at_level(logging.WARNING):
        find_drops(TIANJI, tmp_path)
    assert "policy\\x1b[31m_2026.csv" in caplog.text
    assert "\x1b" not in caplog.messages[0]


def test_links_and_folders_are_not_followed(tmp_path: pathlib.Path) -> None:
    outside = put(tmp_path, "outside.csv")
    folder = tmp_path / "tianji"
    folder.mkdir()
    (folder / "policy_20261118.csv").symlink_to(outside)
    (folder / "claim_20261118.csv").mkdir()
    assert find_drops(TIANJI, folder) == []


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: pathlib.Path) -> None:
    assert find_drops(TIANJI, tmp_path / "none") == []


def test_looking_changes_nothing(tmp_path: pathlib.Path) -> None:
    path = put(tmp_path, "policy_20261118.csv")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    find_drops(TIANJI, tmp_path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_file_that_still_grows_waits(tmp_path: pathlib.Path) -> None:
    put(tmp_path, "policy_20261118.csv")
    growing = put(tmp_path, "claim_20261118.csv")

    def grow(_seconds: float) -> None:
        growing.write_text("more than before", encoding="utf-8")

    found = find_drops(TIANJI, tmp_path, watch_seconds=1.0, sleep=grow)
    assert [drop.record_type for drop in found] == ["policy"]


def test_what_the_sender_declared_comes_along(tmp_path: pathlib.Path) -> None:
    put(tmp_path, "policy_20261118.csv")
    said = {"row_count": 12, "amount_field": "written_premium_amount", "amount": "98000.10"}
    put(tmp_path, "policy_20261118.csv.control.json", json.dumps(said))
    (drop,) = find_drops(TIANJI, tmp_path)
    assert drop.control == Control(12, "written_premium_amount", Decimal("98000.10"))


@pytest.mark.parametrize(
    "control",
    [
        "",
        "[]",
        "{}",
        "not json",
        '{"rows": 1}',
        '{"row_count": "1"}',
        '{"row_count": -1}',
        '{"row_count": true}',
        '{"amount": "1.00"}',
        '{"amount_field": "policy_no", "amount": "1.00"}',
        '{"amount_field": "written_premium_amount", "amount": 1.1}',
        '{"amount_field": "written_premium_amount", "amount": "NaN"}',
        '{"amount_field": "written_premium_amount", "amount": "many"}',
        '{"row_count": ' + "1" * 20_000 + "}",
    ],
)
def test_a_drop_with_an_unreadable_control_file_waits_and_says_so(
    tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture, control: str
) -> None:
    put(tmp_path, "policy_20261118.csv")
    put(tmp_path, "claim_20261118.csv")
    put(tmp_path, "policy_20261118.csv.control.json", control)
    assert [drop.record_type for drop in find_drops(TIANJI, tmp_path)] == ["claim"]
    assert "policy_20261118.csv' waits: its control file" in caplog.text


@given(st.text(st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_hostile_names_never_break_the_search(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("drop")
    put(folder, f"policy_20261118{name}.csv")
    put(folder, "claim_20261118.csv")
    assert "claim_20261118.csv" in names(folder)
