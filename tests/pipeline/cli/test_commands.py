"""Commands that look things up or check files, and the local services beneath ``anze up``."""

from __future__ import annotations

import os
import pathlib
import signal
import socket
import stat
import sys
import time

import pytest

from connectors import definition
from connectors.files import Files, stems
from pipeline import settings
from pipeline.services.postgres import Cluster, free_port, require_free_port
from pipeline.services.processes import Service
from quality.catalogue import load_rules
from sandbox.cast import cast
from schemas.errors import AuthRefused, SetupError
from tests.pipeline.conftest import Anze
from warehouse.indicators.catalogue import load_definitions as load_indicators


@pytest.mark.usefixtures("nowhere")
def test_rules_are_listed_and_shown(anze: Anze) -> None:
    listed = anze("rules", "list", "--json").json
    assert [rule["rule_id"] for rule in listed] == [rule.rule_id for rule in load_rules().rules]
    of_claims = anze("rules", "list", "claim", "--json").json
    assert {rule["record_type"] for rule in of_claims} == {"claim", "*"}
    one = next(rule for rule in listed if rule["record_type"] == "policy")
    shown = anze("rules", "show", one["rule_id"].lower())
    assert shown.code == 0
    assert all(one[key] in shown.out for key in ("rule_id", "title_zh", "remedy_zh"))
    assert anze("rules", "show", one["rule_id"], "--json").json == one


@pytest.mark.usefixtures("nowhere")
def test_an_unknown_rule_or_indicator_is_told(anze: Anze) -> None:
    unknown = anze("rules", "show", "XXX-999")
    assert unknown.code == 2
    assert "anze rules list" in unknown.err
    refused = anze("indicator", "show", "no_such_thing")
    assert refused.code == 2
    assert "no indicator" in refused.err


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("call", "told"),
    [
        ("submit", "缺少参数 Missing argument 'insurer_id'. (帮助 help: anze submit --help)"),
        ("submit lichun policy", "缺少参数 Missing argument 'file'. (帮助 help: anze submit --help)"),
        ("submit lichun policy nowhere.csv", "文件不存在 file: File 'nowhere.csv' does not exist."),
        ("submit lichun policy /", "是文件夹,应为文件 file: File '/' is a directory."),
        ("submt", "没有这个命令 No such command 'submt'. Did you mean 'submit'? (帮助 help: anze --help)"),
        ("indicator show --levl", "没有这个选项 No such option: --levl"),
        (
            "indicator show --frozen 2026-10",
            "没有这个选项 No such option: --frozen, 请用 use: anze indicator frozen (帮助",
        ),
        (
            "indicator show --as-of=2026-10-31",
            "没有这个选项 No such option: --as-of, 请用 use: anze indicator at --as-of",
        ),
        ("indicator at --publication 3", "没有这个选项 No such option: --publication, 请用 use: anze indicator show"),
        ("batch show 1 2", "多余的参数 Got unexpected extra argument(s) (2)"),
        ("batch show 0", "超出范围 batch_id: 0 is not in the range x>=1."),
        ("batch show one", "格式不对 batch_id: 'one' is not a valid"),
        ("batch list --limit", "选项后缺少值 Option '--limit' requires an argument."),
        ("batch list --json=3", "选项后不应有值 Option '--json' does not take a value."),
        ("batch accept 3", "缺少选项 Missing option '--by'. (帮助 help: anze batch accept --help)"),
        ("backfill plan --from [red]", "格式不对 --from: '[red]' does not match the formats"),
        ("collect nobody", "insurer_ids: 没有 'nobody' no such insurer: bailu, "),
    ],
)
def test_wrong_usage_is_told_in_one_line_in_chinese_first(anze: Anze, call: str, told: str) -> None:
    answer = anze(*call.split())
    assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1)
    assert answer.err.startswith(f"用法错误 wrong usage: {told}")


@pytest.mark.parametrize(("call", "code"), [("", 2), ("batch", 2), ("--help", 0), ("batch show --help", 0)])
def test_a_call_for_help_prints_the_help_alone(anze: Anze, call: str, code: int) -> None:
    answer = anze(*call.split())
    assert (answer.code, answer.err, answer.out.count("Usage: anze")) == (code, "", 1)


@pytest.mark.usefixtures("nowhere")
def test_insurers_and_indicators_are_listed(anze: Anze) -> None:
    assert {i["insurer_id"] for i in anze("insurer", "list", "--json").json} == {i.insurer_id for i in cast()}
    table = anze("insurer", "list").out
    assert all(insurer.insurer_id in table and insurer.name_zh in table for insurer in cast())
    listed = anze("indicator", "list", "--json").json
    assert [each["indicator"] for each in listed] == list(load_indicators())


@pytest.mark.usefixtures("nowhere")
def test_all_shipped_definitions_are_in_order(anze: Anze) -> None:
    answer = anze("insurer", "check")
    assert (answer.code, answer.out.count("✓"), answer.out.count("✗")) == (0, len(cast()), 0)


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("before", "after", "line", "key", "fix"),
    [
        ('schedule: "30 1 * * *"', 'schedule: "half past one"', 7, "schedule", "fix:"),
        ('feed_mode: "10"', 'feed_mode: "99"', 5, "feed_mode", "fix:"),
        ("extends: xinghe", "extends: xingh", 2, "extends", "xinghe"),
        ("contact: data", "contakt: data", 8, "contakt", "contact"),
    ],
)
def test_a_mistake_in_a_definition_names_file_line_key_and_fix(
    own_province: pathlib.Path,
    anze: Anze,
    before: str,
    after: str,
    line: int,
    key: str,
    fix: str,
) -> None:
    path = own_province / "insurers" / "lichun.yml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    answer = anze("insurer", "check", "lichun", "yushui")
    assert answer.code == 4
    wrong, *_, right = answer.out.strip().splitlines()
    assert f"lichun.yml:{line}: {key}: " in wrong
    assert fix in wrong
    assert right == "✓ yushui"


@pytest.mark.usefixtures("nowhere")
def test_a_code_that_another_insurer_has_is_told_whoever_is_checked(own_province: pathlib.Path, anze: Anze) -> None:
    path = own_province / "insurers" / "lichun.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("LICHUN", "YUSHUI"), encoding="utf-8")
    answer = anze("insurer", "check", "lichun")
    assert answer.code == 4
    assert "'YUSHUI' is the code of lichun already" in answer.out


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("dialect", stems(Files(), "vendors"))
def test_a_new_insurer_of_every_vendor_profile_checks_clean(
    own_province: pathlib.Path, anze: Anze, dialect: str
) -> None:
    name = "新财险: #1"
    assert anze("insurer", "new", "fresh", "--dialect", dialect, "--name", name).code == 0
    assert anze("insurer", "check", "fresh").code == 0
    assert definition.load_definition("fresh", own_province, {}).name == name


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(("insurer_id", "name"), [("fresh", "${HOME}"), ("fresh", ""), ("regulator", "某局")])
def test_a_new_insurer_that_would_not_load_is_not_written(
    own_province: pathlib.Path, anze: Anze, insurer_id: str, name: str
) -> None:
    answer = anze("insurer", "new", insurer_id, "--dialect", "xinghe", "--name", name)
    assert answer.code == 4
    assert "fix:" in answer.err
    assert not (own_province / "insurers" / f"{insurer_id}.yml").exists()


def test_pages_that_were_changed_by_hand_are_stale(tmp_path: pathlib.Path, anze: Anze) -> None:
    into = ("--into", str(tmp_path))
    assert anze("docs", *into).code == 0
    assert anze("docs", "--check", *into).code == 0
    (tmp_path / "rules.md").write_text("by hand", encoding="utf-8")
    (tmp_path / "commands.md").unlink()
    (tmp_path / "more.md").write_text("by hand", encoding="utf-8")
    stale = anze("docs", "--check", *into)
    assert stale.code == 1
    assert "commands.md, more.md, rules.md" in stale.out
    assert "make docs" in stale.out


@pytest.mark.usefixtures("own_province")
def test_another_province_does_not_write_over_the_shipped_pages(anze: Anze) -> None:
    refused = anze("docs")
    assert refused.code == 4
    assert "--into" in refused.err


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("command", [("batch", "list"), ("verify",), ("publish",), ("collect", "lichun")])
def test_without_a_database_every_command_says_what_to_do(anze: Anze, command: tuple[str, ...]) -> None:
    answer = anze(*command)
    assert answer.code == 4
    assert answer.err.strip().splitlines()[-1].startswith("SetupError: no database: run `anze up`")
    assert "Traceback" not in answer.err


def test_settings_come_from_the_environment_before_the_installation(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "anze.env"
    settings.write_env_file(path, {"ANZE_DATABASE_URL": "of-file", "ANZE_DROP": "/drop", "ANZE_CLOCK_OFFSET": "60"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = settings.load_settings({"ANZE_VAR": str(tmp_path), "ANZE_DATABASE_URL": "of-environment"})
    assert (found.database_url, found.drop_folder) == ("of-environment", pathlib.Path("/drop"))
    assert found.landing_folder == tmp_path / "landing"
    assert found.clock_offset.total_seconds() == 60


def test_missing_credentials_name_the_setting(tmp_path: pathlib.Path) -> None:
    found = settings.load_settings({"ANZE_VAR": str(tmp_path), "ANZE_DATABASE_URL": "x"})
    with pytest.raises(AuthRefused, match="ANZE_CREDENTIALS_LICHUN"):
        found.credentials("lichun")


def test_a_secret_is_not_shown(tmp_path: pathlib.Path) -> None:
    environ = {"ANZE_VAR": str(tmp_path), "ANZE_DATABASE_URL": "x", "ANZE_CREDENTIALS_LICHUN": '{"secret": "geheim"}'}
    assert "geheim" not in repr(settings.load_settings(environ).credentials("lichun"))


def test_a_taken_port_names_the_setting_to_change(tmp_path: pathlib.Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = rf"port {port} for PostgreSQL is taken.*ANZE_POSTGRES_PORT"
        with pytest.raises(SetupError, match=told):
            require_free_port(port, "PostgreSQL", "ANZE_POSTGRES_PORT")
    require_free_port(port, "PostgreSQL", "ANZE_POSTGRES_PORT")


def test_a_cluster_that_runs_is_left_alone_by_a_second_start(cluster: Cluster) -> None:
    cluster.start()
    assert cluster.is_running()
    assert Cluster(cluster.folder / "none", free_port()).is_running() is False
    assert stat.S_IMODE((cluster.folder / "password").stat().st_mode) == 0o600


def sleeper(tmp_path: pathlib.Path) -> Service:
    service = Service("sleeper", tmp_path / "run")
    code = "import time; print('up', flush=True); time.sleep(60)"
    service.start([sys.executable, "-c", code], os.environ, tmp_path)
    return service


def test_a_service_runs_once_until_it_is_stopped(tmp_path: pathlib.Path) -> None:
    service = sleeper(tmp_path)
    try:
        pid = service.pid
        assert pid is not None
        assert sleeper(tmp_path).pid == pid
        deadline = time.monotonic() + 60
        while "up" not in service.log.read_text() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert service.log.read_text() == "up\n"
    finally:
        service.stop()
    assert service.pid is None
    assert not (tmp_path / "run" / "sleeper.pid").exists()
    service.stop()


def test_a_pid_that_was_given_to_another_process_is_not_ours(tmp_path: pathlib.Path) -> None:
    """After a reboot a pid file may name a stranger: it is neither taken for the service nor ended."""
    service = sleeper(tmp_path)
    stranger = service.pid
    assert stranger is not None
    try:
        pid_file = tmp_path / "run" / "sleeper.pid"
        kept = pid_file.read_text()
        pid_file.write_text(f"{stranger} 1")
        assert service.pid is None
        service.stop()
        os.kill(stranger, 0)
        pid_file.write_text(kept)
    finally:
        service.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(stranger, signal.SIGCONT)
