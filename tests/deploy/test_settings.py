"""Settings: every variable that the code reads is declared, and secrets come from files."""

from __future__ import annotations

import ast
import functools
import os
import pathlib
import re
from collections.abc import Callable, Iterator

import pytest

from pipeline.cli.output import progress
from pipeline.services.demonstration import start
from pipeline.services.installation import installation
from pipeline.settings import ROOT, load_settings, read_env_file
from pipeline.variables import VARIABLES, variable
from schemas.errors import SetupError

PACKAGES = ("connectors", "dags", "oracle", "pipeline", "portal", "quality", "sandbox", "schemas", "warehouse")
NAME = re.compile(r"(?:ANZE|AWS)_[A-Z_]*[A-Z]_?")
URL = "postgresql+psycopg2://anze_loader:geheim@db.example/anze"


def _named(path: pathlib.Path) -> Iterator[str]:
    """Texts of a module that are the name of a variable, or how an f-string of one begins."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


@functools.cache
def _read_by_the_code() -> set[str]:
    modules = [path for each in PACKAGES for path in (ROOT / each).rglob("*.py") if path.name != "variables.py"]
    definitions = [path for each in PACKAGES for path in (ROOT / each).rglob("*.yml")]
    found = {name for path in modules for name in _named(path)}
    return found | {name for path in definitions for name in re.findall(r"\$\{(\w+)\}", path.read_text("utf-8"))}


def test_what_the_code_reads_is_declared() -> None:
    assert [name for name in sorted(_read_by_the_code()) if not variable(name) and not _is_beginning(name)] == []


def _is_beginning(name: str) -> bool:
    """Whether it is how the names of a declared family begin; ANZE_HUB names OpenLineage's facets."""
    return any(each.name.startswith(f"{name}<") for each in VARIABLES) or name in ("AWS_", "ANZE_HUB")


def test_what_is_declared_is_read() -> None:
    read = _read_by_the_code()
    assert [each.name for each in VARIABLES if each.name.partition("<")[0] not in read] == []


def test_the_example_names_what_a_deployment_sets() -> None:
    example = (ROOT / "deploy" / "env.example").read_text("utf-8")
    named = set(re.findall(r"^#?((?:ANZE|AWS)_[\w<>]+)=", example, re.MULTILINE))
    assert named == {each.name for each in VARIABLES if each.reader != "local"}
    needed = {
        name for name, value in read_env_file(ROOT / "deploy" / "env.example").items() if not name.startswith("#")
    }
    assert needed == {each.name for each in VARIABLES if each.is_needed}


Secret = Callable[[str], str]


@pytest.fixture
def secret(tmp_path: pathlib.Path) -> Secret:
    """Writes a secret as a container mounts it, and gives its path."""

    def write(text: str) -> str:
        file = tmp_path / "secret"
        file.write_text(text)
        return str(file)

    return write


def test_a_secret_is_read_from_the_file_that_is_named(secret: Secret, tmp_path: pathlib.Path) -> None:
    found = load_settings({"ANZE_VAR": str(tmp_path), "ANZE_DATABASE_URL_FILE": secret(f"{URL}\n")})
    assert found.database_url == URL
    assert load_settings(found.environ).database_url == URL  # a child inherits the value, and is not told twice


def test_an_insurers_secrets_too(secret: Secret, tmp_path: pathlib.Path) -> None:
    given = {"ANZE_DATABASE_URL": URL, "ANZE_CREDENTIALS_LICHUN_FILE": secret('{"login": "hub", "secret": "geheim"}')}
    found = load_settings({"ANZE_VAR": str(tmp_path), **given})
    assert found.credentials("lichun").secret == "geheim"


def _refused(tmp_path: pathlib.Path, **given: str) -> str:
    with pytest.raises(SetupError) as refusal:
        load_settings({"ANZE_VAR": str(tmp_path), **given})
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path: pathlib.Path) -> None:
    said = _refused(tmp_path, ANZE_DATABASE_URL_FILE="/nowhere/url")
    assert "ANZE_DATABASE_URL_FILE" in said
    assert "/nowhere/url" in said


def test_an_empty_file_and_a_second_value_are_refused(secret: Secret, tmp_path: pathlib.Path) -> None:
    assert "empty" in _refused(tmp_path, ANZE_DATABASE_URL_FILE=secret("\n"))
    assert "twice" in _refused(tmp_path, ANZE_DATABASE_URL_FILE=secret(URL), ANZE_DATABASE_URL=URL)


def test_a_secret_in_place_of_a_path_is_not_repeated(tmp_path: pathlib.Path) -> None:
    said = _refused(tmp_path, ANZE_DATABASE_URL_FILE=URL)
    assert "no path" in said
    assert "geheim" not in said


def test_what_is_no_secret_has_no_file(secret: Secret, tmp_path: pathlib.Path) -> None:
    found = load_settings(
        {"ANZE_VAR": str(tmp_path), "ANZE_DATABASE_URL": URL, "ANZE_LANDING_FILE": secret("/elsewhere")}
    )
    assert found.landing == str(tmp_path / "landing")


def test_production_takes_no_secret_from_a_file_beside_the_program(tmp_path: pathlib.Path) -> None:
    kept = tmp_path / "anze.env"
    kept.write_text("ANZE_PORTAL_PORT=8060\nANZE_METRICS_TOKEN=geheim\n")
    said = _refused(tmp_path, ANZE_PROFILE="production", ANZE_DATABASE_URL=URL)
    assert "ANZE_METRICS_TOKEN" in said
    assert "geheim" not in said
    kept.write_text("ANZE_PORTAL_PORT=8060\n")
    found = load_settings({"ANZE_VAR": str(tmp_path), "ANZE_PROFILE": "production", "ANZE_DATABASE_URL": URL})
    assert found.environ["ANZE_PORTAL_PORT"] == "8060"


def test_another_profile_is_refused(tmp_path: pathlib.Path) -> None:
    assert "write production" in _refused(tmp_path, ANZE_PROFILE="prod", ANZE_DATABASE_URL=URL)


def test_production_is_not_started_on_one_machine(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANZE_PROFILE", "production")
    here = installation({**os.environ, "ANZE_VAR": str(tmp_path / "var")})
    with pytest.raises(SetupError, match="unset it"):
        start(here, print, progress)
    assert not (tmp_path / "var").exists()
