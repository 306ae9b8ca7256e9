"""What growth costs: an insurer one YAML, a rule one entry, an indicator or an alert one SQL and one YAML; no Python anywhere."""

from __future__ import annotations

import pathlib
import shutil

import pytest
import yaml

from connectors import definition
from connectors.files import Files, stems
from pipeline.definitions import new_insurer
from pipeline.scheduling.schedule import feeds
from quality import catalogue as rules
from schemas.errors import DefinitionError
from warehouse.alerts import catalogue as alerts
from warehouse.indicators import catalogue as indicators

RULE = {
    "id": "POL-990",
    "title": {"zh": "保费过高", "en": "premium too high"},
    "severity": "warning",
    "tier": "cross",
    "fields": ["written_premium_amount"],
    "message": {"zh": "签单保费{value}元", "en": "written premium {value} yuan"},
    "remedy": {"zh": "请核对", "en": "check it"},
    "basis": "made up for this test",
    "confidence": "assumption",
    "select": "select row_no, written_premium_amount::text as value, null as expected from staged"
    " where written_premium_amount > 100000000",
}


def files(folder: pathlib.Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("dialect", stems(Files(), "vendors"))
def test_an_insurer_is_one_file_whatever_its_dialect(own_province: pathlib.Path, dialect: str) -> None:
    before = files(own_province)
    path = new_insurer.write("xinren", dialect, "新人财产保险(模拟)", own_province)
    after = files(own_province)
    assert set(after) - set(before) == {"insurers/xinren.yml"}
    assert all(after[name] == content for name, content in before.items())
    assert len(path.read_text(encoding="utf-8").splitlines()) < 15
    environ = {"ANZE_SANDBOX_URL": "http://127.0.0.1:1"}
    found = definition.load_definitions(own_province, environ)["xinren"]
    assert (found.name, found.vendor) == ("新人财产保险(模拟)", dialect)
    assert "policy" in found.records
    assert "xinren" in {feed.insurer_id for feed in feeds(own_province)}


@pytest.mark.parametrize(
    ("insurer_id", "dialect", "told"),
    [
        ("New-One", "xinghe", "lower-case"),
        ("regulator", "xinghe", "who sends the registers"),
        ("xinren", "nobody", "one of"),
        ("lichun", "xinghe", "another id"),
    ],
)
def test_a_mistake_in_a_new_insurer_says_the_fix(
    own_province: pathlib.Path, insurer_id: str, dialect: str, told: str
) -> None:
    before = files(own_province)
    with pytest.raises(DefinitionError, match=told):
        new_insurer.write(insurer_id, dialect, "新人", own_province)
    assert files(own_province) == before


def test_a_rule_is_one_entry(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(rules.FOLDER, folder)
    before, known = rules.read_rules(folder), files(folder)
    with (folder / "policy.yml").open("a", encoding="utf-8") as file:
        file.write("\n" + yaml.safe_dump([RULE], allow_unicode=True, sort_keys=False))
    after = rules.read_rules(folder)
    assert [name for name, content in files(folder).items() if known.get(name) != content] == ["policy.yml"]
    assert set(after.by_id) - set(before.by_id) == {"POL-990"}
    assert after.version != before.version
    assert "POL-990" in {rule.rule_id for rule in after.sql_rules("policy")}
    assert "POL-990" not in {rule.rule_id for rule in after.for_type("claim")}


def test_an_indicator_is_one_select_and_one_definition(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "definitions"
    shutil.copytree(indicators.FOLDER, folder)
    known = set(indicators.load_definitions(folder))
    made_up = yaml.safe_load((folder / "claim_closing_ratio.yml").read_text(encoding="utf-8"))
    made_up |= {"indicator": "made_up_ratio", "code": "I99", "name": {"zh": "测试率", "en": "made-up ratio"}}
    del made_up["golden"]
    (folder / "made_up_ratio.yml").write_text(yaml.safe_dump(made_up, allow_unicode=True), encoding="utf-8")
    shutil.copy(folder / "claim_closing_ratio.sql", folder / "made_up_ratio.sql")
    indicators.find_definitions_of.cache_clear()
    found = indicators.load_definitions(folder)
    assert set(found) - known == {"made_up_ratio"}
    assert indicators.load_definition("I99", folder).name.zh == "测试率"
    indicators.find_definitions_of.cache_clear()


def test_an_alert_is_one_select_and_one_definition(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "definitions"
    shutil.copytree(alerts.FOLDER, folder)
    known = set(alerts.load_definitions(folder))
    made_up = yaml.safe_load((folder / "A10.yml").read_text(encoding="utf-8")) | {"id": "A99", "message": "{count} 项"}
    (folder / "A99.yml").write_text(yaml.safe_dump(made_up, allow_unicode=True), encoding="utf-8")
    shutil.copy(folder / "A10.sql", folder / "A99.sql")
    alerts.find_definitions.cache_clear()
    assert set(alerts.load_definitions(folder)) - known == {"A99"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"level": "grave"}, "level"),
        ({"message": "{nobody} 项"}, "nothing that can be named"),
        ({"owner": "nobody"}, "owner"),
        ({"contributions": {"indicator": "nothing", "period": "ytd"}}, "not known"),
        ({"thresholds": [{"name": "days", "rule_no": "A99", "default": 1, "unit": "day", "valid_from": "2026-01-01", "source": "x", "confidence": "assumption"}]}, "decides nothing"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_new_alert_says_the_fix(tmp_path: pathlib.Path, changes: dict[str, object], told: str) -> None:
    made_up = yaml.safe_load((alerts.FOLDER / "A10.yml").read_text(encoding="utf-8")) | {"id": "A99", **changes}
    text = yaml.safe_dump(made_up, allow_unicode=True).replace("'2026-01-01'", "2026-01-01")
    (tmp_path / "A99.yml").write_text(text, encoding="utf-8")
    shutil.copy(alerts.FOLDER / "A10.sql", tmp_path / "A99.sql")
    with pytest.raises(DefinitionError, match=told):
        alerts.load_definitions(tmp_path)
