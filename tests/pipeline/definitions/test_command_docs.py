"""What README, docs and run-books tell people to type or to open is there."""

from __future__ import annotations

import importlib
import pathlib
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from pipeline.cli import COMMANDS, build
from pipeline.settings import ROOT

#: What people read today; CHANGELOG.md also tells of commands that were.
PAGES = [*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
CALL = re.compile(r"(?:`|^ {4}|^\$ |; +)anze +([^`\n#|;]*)", re.MULTILINE)
MENTION = re.compile(r"`([^`\n]+)`")
SOURCES = {".py", ".sql", ".yml", ".yaml"}
GLOSSARY = ROOT / "docs/glossary.md"
#: Folders of the program; paths that begin with another name speak of a province, of ``var/`` or of a value.
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "var" and path.name[0] != "."}
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)[^)]*\)")


@pytest.fixture(scope="module")
def root() -> Any:
    """The whole command line."""
    return typer.main.get_command(build())


@pytest.mark.parametrize("module", COMMANDS)
def test_a_command_s_first_word_finds_its_module(root: Any, module: str) -> None:
    app = typer.Typer()
    importlib.import_module(f"pipeline.cli.{module}").register(app)
    assert {*COMMANDS[module]} == {*typer.main.get_group(app).commands}
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    for word in COMMANDS[module]:
        assert f"## `anze {word}" in page
        assert word in root.commands
        assert word in typer.main.get_command(build(word)).commands  # type: ignore[attr-defined]


def calls(path: pathlib.Path) -> Iterator[list[str]]:
    """The words after ``anze`` of every call that a page shows."""
    for found in CALL.finditer(path.read_text(encoding="utf-8")):
        yield shlex.split(found[1].replace("...", " ").replace("…", " "))


def mistake(root: Any, words: list[str]) -> str | None:
    """What the command line does not know of a call; None when it knows it all."""
    command, rest = root, list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    if hasattr(command, "commands"):
        return f"no command {rest[0]}" if rest and rest[0] not in ("|", "--help", "--version") else None
    known = {name for each in command.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
    given = [] if command.name == "airflow" else [word.split("=")[0] for word in rest]
    unknown = [word for word in given if re.match(r"-{1,2}[a-z]", word) and word not in known]
    return f"no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("path", [*PAGES, *sorted(ROOT.glob("dags/*.py"))], ids=lambda path: path.name)
def test_every_command_that_is_named_exists_with_its_options(root: Any, path: pathlib.Path) -> None:
    wrong = {" ".join(words): mistake(root, words) for words in calls(path)}
    assert {call: why for call, why in wrong.items() if why} == {}


def test_a_command_or_option_that_is_gone_would_be_noticed(root: Any) -> None:
    assert mistake(root, ["batch", "shw", "7"]) == "no command shw"
    assert mistake(root, ["batch", "list", "--stat", "x"]) == "no option --stat"
    assert sum(len(list(calls(path))) for path in PAGES) > 60


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: pathlib.Path) -> None:
    links = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in link]
    assert [link for link in links if not (path.parent / link).exists()] == []


def is_there(path: str) -> bool:
    """Whether the program has such a file or folder; ``<name>`` stands for any name."""
    return any(ROOT.glob(re.sub(r"<[^>]*>", "*", path).rstrip("/")))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_path_that_is_named_is_there(page: pathlib.Path) -> None:
    words = (mention.split(":")[0] for mention in MENTION.findall(page.read_text(encoding="utf-8")))
    paths = {word for word in words if " " not in word and word.split("/")[0] in FOLDERS and "/" in word}
    assert sorted(path for path in paths if not is_there(path)) == []


def names_in_code() -> Iterator[str]:
    """The names in the glossary's third column; commands are asked for with those of the other pages."""
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        columns = line.split("|")
        yield from (name for name in MENTION.findall(columns[3] if len(columns) > 4 else "") if name[:5] != "anze ")


def test_every_name_of_the_glossary_is_in_the_code() -> None:
    files = [
        path for name in FOLDERS - {"docs", "tests"} for path in (ROOT / name).rglob("*") if path.suffix in SOURCES
    ]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    known = {name: is_there(name) or is_there(f"*/{name}") if "/" in name else name in code for name in names_in_code()}
    assert [name for name, found in known.items() if not found] == []
