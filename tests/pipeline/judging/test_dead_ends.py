"""No dead ends: what cannot be judged says so, is judged once it can be, or is given up by a person; others go on."""

from __future__ import annotations

import json
import pathlib
import shutil

import pytest
import sqlalchemy as sa

from pipeline import steps
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from quality.catalogue import rules_of
from sandbox import drops
from sandbox.truth import Record, build
from schemas.delivery import Delivery, Payload, Window
from schemas.errors import DefinitionError, LandingMissing, ProgramFault, SchemaDrift
from schemas.province import DEFAULT
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import rows_of
from tests.warehouse.building import files_of
from warehouse.indicators import catalogue as indicators
from warehouse.landing import receipts
from warehouse.publishing import publish as publishing

CLERK, SENDER = "tianquan", "lichun"


@pytest.fixture(scope="module")
def policies() -> list[Record]:
    rows = [row for row in build(5, 0.01).feed(CLERK, "policy", None, FIRST_NIGHT) if row["operation_code"] != "D"]
    return [row for row in rows if row["issue_date"].year == NIGHT.year and row["previous_policy_no"] is None]


@pytest.fixture
def definitions(own_province: pathlib.Path) -> pathlib.Path:
    """A copy of the definitions that the hub reads instead of its own, to spoil and to mend."""
    return own_province


def change(path: pathlib.Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def land_drifted() -> int:
    """An answer whose shape is not that of the sender's definition, landed and not judged."""
    hub = steps.open_hub()
    body = json.dumps({"code": "0", "data": {"total": 1, "rows": [{"brandNew": "x"}]}}).encode()
    delivery = Delivery(
        SENDER, "policy", "api", hub.now(), (Payload("page-1.json", "application/json", body),),
        window=Window(None, hub.now()), definition_digest=hub.definition(SENDER).digest,
    )  # fmt: skip
    return receipts.land(hub.engine, hub.store, delivery).batch_id


def written(folder: pathlib.Path, rows: list[Record]) -> pathlib.Path:
    folder.mkdir(exist_ok=True, parents=True)
    return drops.write_file("csv_utf8", folder, "policy", rows, NIGHT.date())


def test_a_batch_of_another_shape_is_told_once_and_stops_nobody(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    drifted = land_drifted()
    written(installed / "drop" / CLERK, policies[:1])
    with pytest.raises(SchemaDrift):
        steps.intake(steps.open_hub())
    states = {row.insurer_id: row.state for row in rows_of(engine, "select insurer_id, state from landing.batch")}
    assert states == {SENDER: "stuck", CLERK: "loaded"}
    assert steps.intake(steps.open_hub()) == [drifted]
    told = anze("batch", "show", drifted, "--json").json
    assert (told["state"], told["reason_code"]) == ("stuck", "HUB-001")
    assert f"anze batch discard {drifted}" in told["next_action"]
    (listed,) = anze("batch", "list", "--state", "stuck", "--json").json
    assert (listed["batch_id"], listed["insurer_id"]) == (drifted, SENDER)
    status = anze("status").out
    assert "无法判定" in status
    assert f"anze batch show {drifted}" in status
    assert anze("intake", "--json").code == 1


def test_a_stuck_batch_is_discarded_by_a_person_and_the_books_balance(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    anze("submit", CLERK, "policy", written(installed / "good", policies[:1]))
    drifted = land_drifted()
    assert anze("load", drifted).code == 4
    anze("publish")
    verdict = anze("verify", "--json").json
    assert (verdict["unaccounted_rows"], verdict["stuck_batches"]) == (0, 1)
    assert any("HUB-001" in line and f"anze batch discard {drifted}" in line for line in verdict["details"])
    assert anze("batch", "discard", drifted, "--by", " ", "--reason", "x").code == 4
    assert anze("batch", "discard", drifted, "--by", "李四", "--reason", "测试数据").code == 0
    (kept,) = rows_of(engine, "select * from landing.discard")
    assert (kept.batch_id, kept.discarded_by, kept.reason) == (drifted, "李四", "测试数据")
    told = anze("batch", "show", drifted, "--json").json
    assert (told["state"], told["reason_code"], told["received_count"]) == ("rejected", "HUB-009", 0)
    assert "李四" in told["reason_text"]
    assert "已放弃" in told["next_action"]
    anze("publish")
    verdict = anze("verify", "--json")
    assert (verdict.code, verdict.json["is_good"]) == (0, True), verdict
    assert f"anze batch show {drifted}" not in anze("status").out
    again = anze("batch", "discard", drifted, "--by", "李四", "--reason", "again")
    assert (again.code, "discarded already" in again.err) == (4, True)
    assert steps.intake(steps.open_hub()) == []


def test_what_was_taken_is_never_discarded(installed: pathlib.Path, anze: Anze, policies: list[Record]) -> None:
    batch = anze("submit", CLERK, "policy", written(installed / "good", policies[:1]), "--json").json["batch_id"]
    refused = anze("batch", "discard", batch, "--by", "李四", "--reason", "x")
    assert (refused.code, "never discarded" in refused.err) == (4, True)
    assert anze("batch", "discard", 999, "--by", "李四", "--reason", "x").code == 2


def test_a_mended_definition_ends_it_by_the_next_intake(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record], definitions: pathlib.Path
) -> None:
    file = definitions / f"insurers/{CLERK}.yml"
    batch = steps.submit(steps.open_hub(), CLERK, "policy", written(installed / "a", policies[:1])).batch_id
    change(file, "schedule:", "sched:")
    with pytest.raises(DefinitionError):
        steps.intake(steps.open_hub())
    told = anze("batch", "show", batch, "--json").json
    assert (told["state"], told["reason_code"]) == ("stuck", "HUB-002")
    assert f"{CLERK}.yml" in told["reason_text"]
    shutil.copy(DEFAULT / f"insurers/{CLERK}.yml", file)
    assert steps.intake(steps.open_hub()) == [batch]
    assert anze("batch", "show", batch, "--json").json["state"] == "loaded"


def test_a_retired_insurer_s_batches_are_replayed_and_explained(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record], definitions: pathlib.Path
) -> None:
    loaded = anze("submit", CLERK, "policy", written(installed / "a", policies[:1]), "--json").json["batch_id"]
    waiting = steps.submit(steps.open_hub(), CLERK, "policy", written(installed / "b", policies[1:2])).batch_id
    (definitions / f"insurers/{CLERK}.yml").unlink()
    with pytest.raises(DefinitionError, match="does not exist"):
        steps.intake(steps.open_hub())
    assert anze("batch", "show", waiting, "--json").json["reason_code"] == "HUB-002"
    assert steps.intake(steps.open_hub()) == [waiting]
    assert anze("replay", "--batch", loaded, "--json").code == 0
    row = anze("batch", "row", loaded, 2, "--json")
    assert (row.code, policies[0]["policy_no"] in row.out) == (0, True)
    anze("batch", "discard", waiting, "--by", "李四", "--reason", "已退出")
    anze("publish")
    assert anze("verify", "--json").json["is_good"]


def test_lost_bytes_are_a_named_state_with_a_remedy(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    anze("submit", CLERK, "policy", written(installed / "good", policies[:1]))
    file = written(installed / "a", policies[1:2])
    batch = steps.submit(steps.open_hub(), CLERK, "policy", file).batch_id
    (part,) = files_of(engine, installed / "landing", batch)
    part.path.unlink()
    with pytest.raises(LandingMissing):
        steps.intake(steps.open_hub())
    assert anze("batch", "show", batch, "--json").json["reason_code"] == "HUB-006"
    anze("publish")
    assert any("restore it from a backup" in line for line in anze("verify", "--json").json["not_run"])
    again = anze("submit", CLERK, "policy", file, "--json").json
    assert (again["state"], again["again_of"]) == ("loaded", batch)
    assert steps.intake(steps.open_hub()) == [batch]
    anze("publish")
    assert anze("verify", "--json").json["is_good"]


def test_a_fault_of_the_program_stops_one_batch_only(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = steps.open_hub()
    poison = steps.submit(hub, CLERK, "policy", written(installed / "a", policies[:1])).batch_id
    good = steps.submit(hub, CLERK, "policy", written(installed / "b", policies[1:2])).batch_id
    whole = steps.judge

    def fails(*arguments: object) -> object:
        if getattr(arguments[2], "batch_id", None) == poison:
            raise ZeroDivisionError
        return whole(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(steps, "judge", fails)
        with pytest.raises(ProgramFault, match="ZeroDivisionError"):
            steps.intake(hub)
        states = {row.batch_id: row.state for row in rows_of(engine, "select batch_id, state from landing.batch")}
        assert states == {poison: "stuck", good: "loaded"}
        steps.intake(hub)
    assert anze("batch", "show", poison, "--json").json["reason_code"] == "HUB-005"
    steps.intake(hub)
    assert anze("batch", "show", poison, "--json").json["state"] == "loaded"


def test_after_a_rejection_the_same_bytes_are_judged_again_and_name_the_first(
    installed: pathlib.Path, anze: Anze, policies: list[Record]
) -> None:
    bad = installed / "bad.csv"
    bad.write_text("policy_no\nX\n", encoding="utf-8")
    first = anze("submit", CLERK, "policy", bad, "--json")
    again = anze("submit", CLERK, "policy", bad, "--json")
    assert (first.code, again.code) == (1, 1)
    assert (again.json["state"], again.json["duplicate_of"]) == ("rejected", None)
    assert again.json["again_of"] == first.json["batch_id"]
    assert again.json["reason_text"] == first.json["reason_text"]
    assert "无需处理" not in again.json["next_action"]


def test_a_killed_loader_s_bytes_are_judged_again(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    file = written(installed / "a", policies[:2])
    waiting = steps.submit(steps.open_hub(), CLERK, "policy", file).batch_id
    again = anze("submit", CLERK, "policy", file, "--json")
    assert (again.code, again.json["state"], again.json["again_of"]) == (0, "loaded", waiting)
    steps.intake(steps.open_hub())
    assert anze("batch", "show", waiting, "--json").json["duplicate_count"] == 2
    anze("publish")
    assert anze("verify", "--json").json["is_good"]


def test_nothing_to_do_is_never_said_while_something_is(
    installed: pathlib.Path, anze: Anze, policies: list[Record]
) -> None:
    held = {**policies[0], "insured_credit_code": "91370100XXXXXXXXX1"}
    file = written(installed / "a", [policies[1], held])
    first = anze("submit", CLERK, "policy", file, "--json")
    assert (first.code, first.json["state"]) == (1, "partly_loaded")
    again = anze("submit", CLERK, "policy", file, "--json")
    assert (again.code, again.json["state"], again.json["duplicate_of"]) == (1, "duplicate", first.json["batch_id"])
    assert "被隔离" in again.json["next_action"]
    assert f"anze batch show {first.json['batch_id']}" in again.json["next_action"]
    assert "无需处理" not in again.json["next_action"]
    warned = written(installed / "b", policies[2:3])
    warned.write_text(
        "\n".join(line + (",other" if n == 0 else ",x") for n, line in enumerate(warned.read_text().splitlines()))
        + "\n"
    )
    loaded = anze("submit", CLERK, "policy", warned, "--json").json
    assert (loaded["state"], loaded["warning_count"]) == ("loaded", 1)
    assert "1 条提示待核对" in loaded["next_action"]
    repeated = anze("submit", CLERK, "policy", warned, "--json").json
    assert repeated["state"] == "duplicate"
    assert "无需处理" not in repeated["next_action"]


def test_a_dropped_file_is_judged_again_once_its_control_file_or_definition_is_mended(
    installed: pathlib.Path, engine: sa.Engine, policies: list[Record], definitions: pathlib.Path
) -> None:
    file = written(installed / "drop" / CLERK, policies[:2])
    control = file.with_name(f"{file.name}.control.json")

    def look() -> list[tuple[object, ...]]:
        for _ in range(2):
            steps.intake(steps.open_hub())
        query = "select record_type, state, reason_code, again_of from landing.batch order by batch_id"
        return [tuple(row) for row in rows_of(engine, query)]

    control.write_text('{"rows": 3}', encoding="utf-8")
    seen = [("unknown", "rejected", "FILE-062", None)]
    assert look() == seen
    control.write_text('{"row_count": -3}', encoding="utf-8")
    seen.append(("unknown", "rejected", "FILE-062", 1))
    assert look() == seen
    vendor = definitions / "vendors/csv_utf8.yml"
    change(vendor, "naming: snake", "naming: business_name")
    control.unlink()
    found = look()
    assert found[2][:2] == ("policy", "rejected")
    assert found[2][3] == 1
    change(vendor, "naming: business_name", "naming: snake")
    found = look()
    assert found[3] == ("policy", "loaded", None, 1)
    assert len(found) == 4
    control.write_text('{"row_count": 3}', encoding="utf-8")
    assert len(look()) == 5


def test_a_broken_rule_stops_its_record_type_only(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record]
) -> None:
    hub = steps.open_hub()
    texts = dict(hub.rules.texts)
    hub.__dict__["rules"] = rules_of(
        {**texts, "policy.yml": texts["policy.yml"].replace("severity: error", "severity: x", 1)}
    )
    receipts = list(build(5, 0.01).feed(CLERK, "premium_receipt", None, FIRST_NIGHT))[:1]
    policy = steps.submit(hub, CLERK, "policy", written(installed / "a", policies[:1])).batch_id
    file = drops.write_file("csv_utf8", installed / "a", "premium_receipt", receipts, NIGHT.date())
    other = steps.submit(hub, CLERK, "premium_receipt", file).batch_id
    with pytest.raises(DefinitionError, match=r"policy.yml:\d+: .*severity"):
        steps.intake(hub)
    states = {row.batch_id: (row.state, row.reason_code) for row in rows_of(engine, "select * from landing.batch")}
    assert states[policy] == ("stuck", "HUB-002")
    assert states[other][0] in ("loaded", "partly_loaded", "rejected")
    assert any("policy.yml" in str(error) for error in hub.mistakes)
    assert steps.intake(steps.open_hub()) == [policy]
    assert anze("batch", "show", policy, "--json").json["state"] == "loaded"


def test_a_broken_indicator_is_itself_missing_only_and_loudly(
    installed: pathlib.Path,
    engine: sa.Engine,
    anze: Anze,
    policies: list[Record],
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    anze("submit", CLERK, "policy", written(installed / "a", policies[:2]))
    folder = tmp_path / "indicators"
    shutil.copytree(indicators.FOLDER, folder)
    change(folder / "coverage_ratio.yml", "unit: percent", "unit: per cent")
    change(folder / "fee_input_ratio.sql", "select", "select 1 / 0 as nothing,")
    change(folder / "claim_closing_ratio.sql", "select", "select no_such_column,")
    found = indicators.find_definitions(folder)
    monkeypatch.setattr(publishing, "find_definitions", lambda: found)
    answer = anze("publish", "--json")
    assert answer.code == 0
    gaps = {gap["indicator"]: gap["reason"] for gap in answer.json["gaps"]}
    assert set(gaps) == {"coverage_ratio", "fee_input_ratio", "claim_closing_ratio"}
    assert "coverage_ratio.yml:7: unit: 'per cent' is not known" in gaps["coverage_ratio"]
    published = {row.indicator for row in rows_of(engine, "select distinct indicator from report.indicator_latest")}
    assert published.isdisjoint(gaps)
    assert "insured_enterprise_count" in published
    assert {row.indicator for row in rows_of(engine, "select indicator from report.publication_gap")} == set(gaps)
    assert "缺少指标" in anze("publish").out
    assert "claim_closing_ratio" in anze("status").out
    verdict = anze("verify", "--json")
    assert verdict.code == 0, verdict
    assert sum("未发布,未核对" in line for line in verdict.json["told"]) == len(gaps)
    frozen = anze("publish", "--freeze", "2026-10")
    assert (frozen.code, "is" in frozen.err) == (4, True)


def test_a_broken_definition_is_named_and_the_others_go_on(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, policies: list[Record], definitions: pathlib.Path
) -> None:
    anze("submit", CLERK, "policy", written(installed / "a", policies[:1]))
    change(definitions / f"insurers/{SENDER}.yml", '"30 1 * * *"', '"99 1 * * *"')
    told = f"insurers/{SENDER}.yml:7: schedule: '99 1 * * *' is no cron"
    status = anze("status").out
    assert told in status
    assert f"anze insurer check {SENDER}" in status
    publication = anze("publish", "--json").json
    assert SENDER in publication["missing_insurers"], "what it does not deliver is missed"
    collected = anze("collect", SENDER, CLERK, "--json")
    assert collected.code == 4
    assert [fault["of"] for fault in collected.json["faults"]] == [SENDER]
    written(installed / "drop" / CLERK, policies[1:2])
    (batch,) = steps.intake(steps.open_hub())
    assert anze("batch", "show", batch, "--json").json["state"] == "loaded"
    assert anze("verify", "--json").code == 0
