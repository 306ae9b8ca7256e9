"""What README, docs and run-books tell people to type or to open is there."""

from __future__ import annotations

import pathlib
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from pipeline.cli import build
from pipeline.settings import ROOT

#: What people read today; CHANGELOG.md also tells of commands that were.
PAGES = [*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
CALL = re.compile(r"(?:`|^ {4}|^\$ |; +)anze +([^`\n#|;]*)", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)[^)]*\)")


@pytest.fixture(scope="module")
def root() -> Any:
    """The whole command line."""
    return typer.main.get_command(build())


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
        return f"no command {rest[0]}" if rest and rest[0] not in ("|", "--help") else None
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
