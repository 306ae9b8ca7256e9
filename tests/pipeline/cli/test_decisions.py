"""Deliveries that replace, from whoever declares them to the person who is asked: command, control file, interface."""

from __future__ import annotations

import json
import pathlib
import shutil

import pytest
import sqlalchemy as sa

from connectors.definition import load_definition
from connectors.model import InsurerDefinition
from pipeline import deciding, steps
from pipeline.hub import Hub
from pipeline.judging import verifying
from pipeline.judging.rebuild import rebuild
from pipeline.services.installation import FIRST_NIGHT, NIGHT
from sandbox import drops
from sandbox.server import serve
from sandbox.truth import Province, Record, build
from schemas.delivery import Credentials
from schemas.errors import DefinitionError
from schemas.province import DEFAULT
from tests.pipeline.conftest import Anze
from tests.pipeline.telling import credentials_environ, hub_at, rows_of

SENDER, CLERK, SEED = "lichun", "tianquan", 5
LIVE = "select policy_no from core.policy_current where insurer_id = :i order by 1"


@pytest.fixture(scope="module")
def province() -> Province:
    return build(SEED, 0.01)


@pytest.fixture
def hub(installed: pathlib.Path, engine: sa.Engine) -> Hub:
    return hub_at(NIGHT, engine, installed, {}, [SENDER])


def policies(province: Province) -> list[Record]:
    rows = province.feed(SENDER, "policy", None, FIRST_NIGHT)
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    return [row for row in recent if row["previous_policy_no"] is None][:10]


def written(folder: pathlib.Path, rows: list[Record]) -> pathlib.Path:
    folder.mkdir(exist_ok=True)
    return drops.write_file("csv_utf8", folder, "policy", rows, NIGHT.date())


def live(engine: sa.Engine, insurer_id: str = SENDER) -> list[str]:
    return [row.policy_no for row in rows_of(engine, LIVE, i=insurer_id)]


def numbers(rows: list[Record]) -> list[str]:
    return sorted(row["policy_no"] for row in rows)


def assert_accounted(hub: Hub) -> None:
    """Books, the oracle's replay of the log, and a rebuild all agree with what stands."""
    verdict = verifying.verify(hub)
    assert (verdict.unaccounted_rows, verdict.stuck_batches, verdict.replay_differences) == (0, 0, 0), verdict.details
    found = rebuild(hub)
    assert (found.differing_rows, found.differing_tables) == ((), ())


def test_a_command_asks_accepts_and_refuses(installed: pathlib.Path, engine: sa.Engine, anze: Anze, hub: Hub, province: Province) -> None:  # fmt: skip
    rows = policies(province)
    assert anze("submit", SENDER, "policy", written(installed, rows)).code == 0
    asked = []
    for kept in (rows[:5], rows[:6]):
        answer = anze("submit", SENDER, "policy", written(installed, kept), "--replaces", "all", "--json")
        assert (answer.code, answer.json["state"], answer.json["missing_count"]) == (1, "awaiting", 10 - len(kept))
        assert f"anze batch accept {answer.json['batch_id']}" in answer.json["next_action"]
        asked.append(answer.json["batch_id"])
    assert len(live(engine)) == 10
    waiting = anze("batch", "list", "--state", "awaiting", "--json").json
    assert [each["batch_id"] for each in waiting] == asked[::-1]
    shown = anze("batch", "show", asked[0]).out
    assert "在册 10 条,占 50.00%,上限 2%" in shown
    assert numbers(rows[5:])[0] in shown
    assert verifying.verify(hub).stuck_batches == 0

    refused = anze("batch", "refuse", asked[0], "--by", "王处", "--reason", "文件不全", "--json")
    assert (refused.code, refused.json["state"], refused.json["reason_code"]) == (0, "rejected", "BAT-021")
    accepted = anze("batch", "accept", asked[1], "--by", "王处", "--reason", "已退保", "--json")
    assert (accepted.code, accepted.json["state"], accepted.json["withdrawn_count"]) == (0, "loaded", 4)
    assert live(engine) == numbers(rows[:6])
    twice = anze("batch", "refuse", asked[1], "--by", "李处", "--reason", "不同意")
    assert (twice.code, "decided already" in twice.err) == (4, True)
    assert_accounted(hub)


def test_a_decided_batch_is_loaded_by_the_next_intake_after_a_crash(
    installed: pathlib.Path, engine: sa.Engine, hub: Hub, province: Province
) -> None:
    from warehouse.landing import decisions

    rows = policies(province)
    steps.load(hub, steps.submit(hub, SENDER, "policy", written(installed, rows)).batch_id)
    asked = steps.submit(hub, SENDER, "policy", written(installed, rows[:2]), steps.Beside("all")).batch_id
    assert steps.load(hub, asked).state == "awaiting"
    assert steps.intake(hub) == []
    decisions.decide(engine, asked, "accept", "王处", "已确认", NIGHT)
    assert steps.intake(hub) == [asked]
    assert live(engine) == numbers(rows[:2])


def test_what_was_confirmed_while_a_question_waited_stays(
    installed: pathlib.Path, engine: sa.Engine, hub: Hub, province: Province
) -> None:
    """A later delivery held the record, unchanged: accepting the older snapshot does not lose it."""
    rows = policies(province)
    steps.load(hub, steps.submit(hub, SENDER, "policy", written(installed, rows)).batch_id)
    asked = steps.submit(hub, SENDER, "policy", written(installed, rows[:5]), steps.Beside("all")).batch_id
    assert steps.load(hub, asked).state == "awaiting"
    later = steps.submit(hub, SENDER, "policy", written(installed, rows[4:7])).batch_id
    assert steps.load(hub, later).duplicate == 3
    assert deciding.decide(hub, asked, "accept", "王处", "已确认").withdrawn == 5
    assert live(engine) == numbers(rows[:7])
    assert_accounted(hub)


def test_what_was_received_before_a_snapshot_and_loaded_after_it_is_withdrawn(
    installed: pathlib.Path, engine: sa.Engine, hub: Hub, province: Province
) -> None:
    rows = policies(province)
    late = steps.submit(hub, SENDER, "policy", written(installed, rows)).batch_id
    snapshot = steps.submit(hub, SENDER, "policy", written(installed, rows[:5]), steps.Beside("all")).batch_id
    steps.load(hub, snapshot)
    steps.load(hub, late)
    assert live(engine) == numbers(rows[:5])
    assert_accounted(hub)


@pytest.mark.parametrize("said", ["ALL", "2026-10", "2026-10-31..2026-10-01", "2026-02-30..2026-03-01", "2026-10-01.."])
def test_a_bad_span_is_refused_and_nothing_lands(
    installed: pathlib.Path, engine: sa.Engine, anze: Anze, province: Province, said: str
) -> None:
    answer = anze("submit", SENDER, "policy", written(installed, policies(province)[:1]), "--replaces", said)
    assert (answer.code, answer.out) == (1, "")
    assert "替换范围有误" in answer.err
    assert rows_of(engine, "select * from landing.batch") == []


def test_a_span_needs_a_main_event(installed: pathlib.Path, anze: Anze) -> None:
    (installed / "x.csv").write_text("credit_code\n", encoding="utf-8")
    answer = anze("submit", "regulator", "enterprise", installed / "x.csv", "--replaces", "2026-10-01..2026-10-31")
    assert (answer.code, "没有主要事件日期" in answer.err) == (1, True)


def test_a_control_file_says_what_a_drop_replaces(
    installed: pathlib.Path, engine: sa.Engine, province: Province
) -> None:
    """A window of the days of one policy: the others are not touched; the same name with other bytes lands anew."""
    hub = hub_at(NIGHT, engine, installed, {}, [CLERK])
    rows = [row | {"insurer_code": hub.definition(CLERK).insurer_code} for row in policies(province)]
    folder = installed / "drop" / CLERK
    folder.mkdir(parents=True)
    file = drops.write_file("csv_utf8", folder, "policy", rows, NIGHT.date())
    control = file.with_name(file.name + ".control.json")
    control.write_text('{"row_count": 10}', encoding="utf-8")
    assert [report.state for report in steps.sync_insurer(hub, CLERK)] == ["loaded"]
    day = rows[0]["issue_date"].isoformat()
    control.write_text(json.dumps({"replaces": {"from": day, "to": day}}), encoding="utf-8")
    file.write_text(file.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    (report,) = steps.sync_insurer(hub, CLERK)
    (waiting,) = rows_of(
        engine, "select batch_id, live_count, missing_count from landing.batch where state = 'awaiting'"
    )
    within = [row for row in rows if row["issue_date"] == rows[0]["issue_date"]]
    assert (waiting.batch_id, waiting.live_count, waiting.missing_count) == (report.batch_id, len(within), len(within))
    deciding.decide(hub, report.batch_id, "accept", "王处", "已确认")
    assert live(engine, CLERK) == numbers([row for row in rows if row not in within])
    assert steps.sync_insurer(hub, CLERK) == []
    control.write_text('{"replaces": "some"}', encoding="utf-8")
    assert steps.intake(hub) == []
    (told,) = rows_of(engine, "select reason_code from landing.batch where record_type = 'unknown'")
    assert told.reason_code == "FILE-062"


def snapshot_definition(folder: pathlib.Path, replaces: str, environ: dict[str, str]) -> InsurerDefinition:
    """The sender's definition, changed so that its policies come as full snapshots."""
    shutil.copytree(DEFAULT / "insurers", folder / "insurers")
    path = folder / "insurers" / f"{SENDER}.yml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\nrecords: {{policy: {{replaces: {replaces}}}}}\n", encoding="utf-8")
    return load_definition(SENDER, folder, environ)


def test_an_interface_that_always_gives_everything(
    installed: pathlib.Path, engine: sa.Engine, province: Province
) -> None:
    """Every fetch is a full snapshot: no beginning is asked for, and the same answer, while nobody judged it, names the first."""
    with serve(province) as server:
        environ = {"ANZE_SANDBOX_URL": server.url, **credentials_environ([SENDER], SEED)}
        hub = hub_at(NIGHT, engine, installed, environ, [SENDER])
        definition = snapshot_definition(installed / "definitions", "all", environ)
        secret: Credentials = hub.settings.credentials(SENDER)
        landed = [steps.collect(hub, definition, "policy", until, lambda: secret) for until in (FIRST_NIGHT, NIGHT)]
    receipts = rows_of(engine, "select replaces, interval_start, state, again_of from landing.batch order by batch_id")
    assert [(r.replaces, r.interval_start) for r in receipts] == [("all", None)] * 2
    assert [(r.state, r.again_of) for r in receipts] == [("received", None), ("received", landed[0][0])]


def test_a_definition_knows_full_snapshots_only(tmp_path: pathlib.Path) -> None:
    with pytest.raises(DefinitionError, match=r"lichun.yml:\d+.*replaces: all"):
        snapshot_definition(tmp_path, "window", {})
