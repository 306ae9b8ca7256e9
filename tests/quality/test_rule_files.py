"""Files of rules: mistakes with file, line, rule and fix, and the version that any word changes."""

from __future__ import annotations

import pathlib
import shutil

import pytest

from quality.catalogue import load_rules, read_rules, rules_of
from schemas.errors import DefinitionError


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ("severity: error", "severity"),
        ("tier: record", "expectation"),
        ("fields: [cover_end_date, cover_start_date]", "fields"),
        ("id: POL-001", "id"),
        ('basis: "docs/why-rules.md#policies"', "basis"),
    ],
)
def test_a_mistake_in_a_rule_file_names_it(tmp_path: pathlib.Path, change: str, key: str) -> None:
    wrong = {
        "severity": "severity: fatal",
        "expectation": "tier: cross",
        "fields": "fields: [nothing]",
        "id": "id: P1",
        "basis": "base: x",
    }
    text = (pathlib.Path("quality/rules") / "policy.yml").read_text(encoding="utf-8").replace(change, wrong[key], 1)
    (tmp_path / "policy.yml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=rf"policy.yml:\d+: \w[\w-]*\.{key}"):
        read_rules(tmp_path)


def test_all_mistakes_of_the_rules_are_told_in_one_go_each_with_its_line_and_stop_their_type(
    tmp_path: pathlib.Path,
) -> None:
    folder = tmp_path / "rules"
    shutil.copytree("quality/rules", folder)
    lines = (folder / "policy.yml").read_text(encoding="utf-8").splitlines()
    first, second = [n for n, line in enumerate(lines) if line.startswith("  severity:")][:2]
    third = next(n for n, line in enumerate(lines) if line.startswith("  basis:"))
    lines[first], lines[second], lines[third] = "  severity: fatal", "  severity: 3", "  bases: x"
    (folder / "policy.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "claim.yml").write_text("- id: [CLM-001\n", encoding="utf-8")
    found = rules_of({p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in folder.rglob("*.*")})
    assert set(found.broken) == {"policy", "claim"}
    told = {(each.line, each.key.partition(".")[2]) for each in found.broken["policy"].all}
    assert {(first + 1, "severity"), (second + 1, "severity"), (third + 1, "bases")} <= told
    assert found.for_type("endorsement") == load_rules().for_type("endorsement")
    for record_type in ("policy", "claim"):
        with pytest.raises(DefinitionError, match=f"{record_type}.yml"):
            found.for_type(record_type)
    with pytest.raises(DefinitionError, match=r"claim.yml:\d+.*\n.*policy.yml"):
        read_rules(folder)


def test_a_file_of_rules_that_is_not_utf_8_is_told_and_stops_its_type(tmp_path: pathlib.Path) -> None:
    text = (pathlib.Path("quality/rules") / "agency.yml").read_text(encoding="utf-8")
    (tmp_path / "agency.yml").write_bytes(text.encode("gb18030"))
    with pytest.raises(DefinitionError, match=r"agency.yml:\d+: document: is not UTF-8; fix: save it as UTF-8"):
        read_rules(tmp_path)


def test_an_id_stands_once(tmp_path: pathlib.Path) -> None:
    text = (pathlib.Path("quality/rules") / "agency.yml").read_text(encoding="utf-8")
    (tmp_path / "agency.yml").write_text(text + text, encoding="utf-8")
    with pytest.raises(DefinitionError, match="REG-004: stands twice"):
        read_rules(tmp_path)


def test_version_changes_with_any_word(tmp_path: pathlib.Path) -> None:
    text = (pathlib.Path("quality/rules") / "agency.yml").read_text(encoding="utf-8")
    versions = set()
    for n, wording in enumerate((text, text.replace("请核对", "请再核对"))):
        folder = tmp_path / str(n)
        folder.mkdir()
        (folder / "agency.yml").write_text(wording, encoding="utf-8")
        versions.add(read_rules(folder).version)
    assert len(versions) == 2


def test_a_slot_that_nobody_fills_is_told_with_its_line_and_those_there_are(tmp_path: pathlib.Path) -> None:
    text = (pathlib.Path("quality/rules") / "agency.yml").read_text(encoding="utf-8")
    (tmp_path / "agency.yml").write_text(text.replace("{value}", "{valeu}"), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"agency.yml:\d+: REG-004.message: \{valeu\}.*\{value\}"):
        read_rules(tmp_path)
