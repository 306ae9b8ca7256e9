"""Compose file, chart and Containerfile, each by its own schema or lint; and that they name what is there."""

from __future__ import annotations

import copy
import pathlib
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from pipeline.services.airflow_config import NEEDED
from pipeline.settings import ROOT
from pipeline.variables import FILE, variable

DEPLOY = ROOT / "deploy"
CHART = DEPLOY / "helm" / "anze-hub"
KUBERNETES = "1.30"
VALUES: Mapping[str, Any] = {
    "image": "registry.example/anze-hub:1",
    "settings": {"ANZE_LANDING": "s3://anze/landing", "ANZE_PORTAL_URL": "https://portal.example"},
}
SHARES: Mapping[str, Any] = {
    "province": {"volume": {"persistentVolumeClaim": {"claimName": "province"}}},
    "ledger": {"volume": {"persistentVolumeClaim": {"claimName": "ledger"}}},
    "drops": {"volume": {"nfs": {"server": "files.example", "path": "/drop"}}},
}


def _objection(*arguments: str | pathlib.Path) -> str:
    done = subprocess.run([sys.executable, "-m", *arguments], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_containerfile_is_clean() -> None:
    hadolint = pathlib.Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DEPLOY / "Containerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def _as_compose(path: pathlib.Path) -> str:
    return _objection("check_jsonschema", "--builtin-schema", "vendor.compose-spec", path)


def test_compose_reads_the_file_and_tells_an_unknown_key(tmp_path: pathlib.Path) -> None:
    assert _as_compose(DEPLOY / "compose.yml") == ""
    wrong = tmp_path / "compose.yml"
    wrong.write_text((DEPLOY / "compose.yml").read_text("utf-8").replace("read_only: true", "readonly: true"), "utf-8")
    assert "readonly" in _as_compose(wrong)


def composed() -> Mapping[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def ours() -> dict[str, Any]:
    """Services that run the hub's image."""
    return {name: each for name, each in composed()["services"].items() if "ANZE_IMAGE" in each["image"]}


def test_every_container_of_ours_is_closed_and_has_a_check() -> None:
    for name, each in ours().items():
        assert (each["read_only"], each["cap_drop"]) == (True, ["ALL"]), name
        assert "no-new-privileges:true" in each["security_opt"], name
        assert "healthcheck" in each or each["restart"] == "no", name


def test_every_role_is_told_what_it_needs() -> None:
    for name, each in ours().items():
        given = each["environment"]
        for variable_name in filter(lambda known: known.startswith(("ANZE_", "AWS_")), given):
            assert variable(variable_name) or variable(variable_name.removesuffix(FILE)), variable_name
        if "airflow" in each["command"] or name == "airflow-migrate":
            assert {known for known in NEEDED if not {known, f"{known}_CMD"} & set(given)} == set(), name
        read = set(re.findall(r"/run/secrets/(\w+)", str(given) + str(each["command"])))
        assert read <= set(each["secrets"]), name


def test_the_script_makes_every_secret_once(tmp_path: pathlib.Path) -> None:
    command = ["sh", str(DEPLOY / "secrets.sh"), str(tmp_path / "secrets")]
    subprocess.run(command, check=True)
    files = {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()}
    assert {pathlib.Path(each["file"]).name for each in composed()["secrets"].values()} <= set(files)
    assert files["loader_password"] in files["database_url"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    subprocess.run(command, check=True)
    assert {file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()} == files


def rendered(**more: Any) -> Iterator[dict[str, Any]]:
    import helm_python

    with helm_python.Chart.load(CHART) as chart:
        chart.validate_schema({**VALUES, **more})
        for text in chart.render(values={**VALUES, **more}, name="hub").values():
            yield from filter(None, yaml.safe_load_all(text))


@pytest.mark.parametrize("more", [{}, SHARES], ids=["least", "with shares"])
def test_kubernetes_takes_what_the_chart_renders(more: Mapping[str, Any]) -> None:
    import kubernetes_validate

    kinds = set()
    for manifest in rendered(**more):
        kubernetes_validate.validate(manifest, KUBERNETES, strict=True)
        kinds.add(manifest["kind"])
        wrong = {**copy.deepcopy(manifest), "unknown": 1}
        with pytest.raises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, KUBERNETES, strict=True)
    assert {"Deployment", "StatefulSet", "Job", "Service", "ConfigMap", "NetworkPolicy"} <= kinds


@pytest.mark.parametrize(
    "wrong",
    [{"imgae": "x"}, {"image": ""}, {"settings": {"ANZE_LANDING": "/var/landing"}}, {"worker": {"replicas": 0}}],
)
def test_values_that_make_no_sense_are_refused(wrong: Mapping[str, Any]) -> None:
    import helm_python

    with pytest.raises(helm_python.HelmError):
        list(rendered(**wrong))


def pods(**more: Any) -> dict[str, dict[str, Any]]:
    """The pod of each workload, by its name."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in rendered(**more)
        if "template" in each.get("spec", {})
    }


def test_pods_are_closed_and_only_the_job_sees_the_login_that_migrates() -> None:
    for name, pod in pods(**SHARES).items():
        assert pod["securityContext"]["runAsNonRoot"], name
        assert not pod["automountServiceAccountToken"], name
        for container in (*pod["containers"], *pod.get("initContainers", ())):
            assert container["securityContext"]["readOnlyRootFilesystem"], name
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name
        secret = next(each["secret"] for each in pod["volumes"] if each["name"] == "secrets")
        assert ("items" in secret) == (name != "hub-migrate"), name
        assert "admin_database_url" not in str(secret), name


def test_every_role_runs_and_drops_have_one_worker_with_the_share() -> None:
    commands = {name: " ".join(pod["containers"][0]["command"]) for name, pod in pods(**SHARES).items()}
    roles = ("api-server", "scheduler", "dag-processor", "triggerer")
    assert [commands[f"hub-{role}"].split()[:3] for role in roles] == [["anze", "airflow", role] for role in roles]
    assert commands["hub-worker-drops"].endswith("--queues drops")
    assert commands["hub-worker"].endswith("--queues default")
    assert "hub-worker-drops" not in pods()
    assert pods()["hub-worker"]["containers"][0]["command"][-1] == "default,drops"


def test_the_chart_gives_every_process_what_airflow_needs() -> None:
    settings = next(each["data"] for each in rendered() if each["metadata"]["name"] == "hub")
    assert {known for known in NEEDED if not {known, f"{known}_CMD"} & set(settings)} == set()
