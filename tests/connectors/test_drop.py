"""Drop folders: what is taken, what is refused, what is left alone, and that looking changes nothing."""

from __future__ import annotations

import json
import os
import pathlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.definition import load_definition
from connectors.drop import UNKNOWN, Drop, find_drops
from schemas.delivery import Control
from tests.words import words

TIANJI = load_definition("tianji", environ={})


def put(folder: pathlib.Path, name: str, content: str = "a,b\n") -> pathlib.Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def names(folder: pathlib.Path) -> list[str]:
    return [drop.path.name for drop in find_drops(TIANJI, folder)]


def code_of(drop: Drop) -> str:
    return drop.refusal.code if drop.refusal else "taken"


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
    ("name", "code"),
    [
        ("policy.csv", "FILE-061"),
        ("polizy_20261118.csv", "FILE-061"),
        ("enterprise_20261118.csv", "FILE-060"),
        ("policy_20261318.csv", "FILE-061"),
        ("policy_2026111.csv", "FILE-061"),
        ("policy_20261118.exe", "FILE-061"),
        ("policy_20261118\n.csv", "FILE-061"),
        ("保单.xlsx", "FILE-061"),
        ("unknown_20261118.csv", "FILE-061"),
    ],
)
def test_a_file_of_another_name_is_refused_with_its_name_and_what_to_do(
    tmp_path: pathlib.Path, name: str, code: str
) -> None:
    put(tmp_path, name)
    (drop,) = find_drops(TIANJI, tmp_path)
    assert (drop.record_type, drop.path, code_of(drop)) == (UNKNOWN, tmp_path / name, code)
    assert drop.refusal is not None
    assert drop.refusal.where == drop.name
    assert words(drop.refusal).partition(";")[2].startswith("请")


def test_refused_files_come_last(tmp_path: pathlib.Path) -> None:
    for name in ("a.csv", "claim_20261118.csv"):
        put(tmp_path, name)
    assert names(tmp_path) == ["claim_20261118.csv", "a.csv"]


@pytest.mark.parametrize(
    "name",
    [
        "policy_20261118.csv.tmp",
        "policy_20261118.csv.part",
        ".policy_20261118.csv",
        "~$policy_20261118.xlsx",
        "policy_20261118.csv.control.json",
    ],
)
def test_unfinished_hidden_and_control_files_are_left_alone(tmp_path: pathlib.Path, name: str) -> None:
    put(tmp_path, name)
    assert find_drops(TIANJI, tmp_path) == []
    assert (tmp_path / name).exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"policy\x1b[31m_2026.csv", "policy\\x1b[31m_2026.csv"),
        ("保单.csv".encode("gb18030"), "\\udcb1\\udca3\\udcb5\\udca5.csv"),
        ("保单 (1).csv".encode(), "保单 (1).csv"),
    ],
)
def test_a_name_is_told_without_control_characters_and_as_text(tmp_path: pathlib.Path, name: bytes, shown: str) -> None:
    put(tmp_path, os.fsdecode(name))
    (drop,) = find_drops(TIANJI, tmp_path)
    assert drop.refusal is not None
    assert (drop.name, drop.refusal.where) == (shown, shown)


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
def test_a_drop_with_a_faulty_control_file_is_refused_and_says_why(tmp_path: pathlib.Path, control: str) -> None:
    put(tmp_path, "policy_20261118.csv")
    put(tmp_path, "claim_20261118.csv")
    put(tmp_path, "policy_20261118.csv.control.json", control)
    taken, refused = find_drops(TIANJI, tmp_path)
    assert (taken.record_type, code_of(taken)) == ("claim", "taken")
    assert (refused.record_type, refused.name, code_of(refused)) == (UNKNOWN, "policy_20261118.csv", "FILE-062")
    assert refused.refusal is not None
    assert "row_count、amount_field、amount" in words(refused.refusal)


@given(st.text(st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_hostile_names_never_break_the_search(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("drop")
    put(folder, f"policy_20261118{name}.csv")
    put(folder, "claim_20261118.csv")
    assert "claim_20261118.csv" in names(folder)
