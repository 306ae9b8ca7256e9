"""What a rule, a bound, an indicator or a code list rests on can be opened by who reads it."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from quality.catalogue import load_rules

#: Ids of papers that no user has: features, rules and chapters of a design, short names of articles of the press.
PAPERS = re.compile(
    r"\b(?:[FR]\d{2}|domain \d+(?:\.\d+)?|domain synthesis|reliability|contract|(?:SD|QD)-press|NH|ZMD)\b"
)
PAGE = re.compile(r"docs/[\w/.-]+\.md(?:#[\w-]+)?")
SOURCES = ("quality/rules/bounds", "warehouse/indicators/definitions", "schemas/code_lists")


def _sources() -> Iterator[tuple[str, str]]:
    for rule in load_rules().rules:
        yield rule.rule_id, rule.basis
    for folder in SOURCES:
        for path in sorted(pathlib.Path(folder).glob("*.yml")):
            for source in _named(yaml.load(path.read_bytes(), yaml.CSafeLoader)):
                yield str(path), source


def _named(node: Any) -> Iterator[str]:
    """Every ``source`` in a document."""
    if isinstance(node, dict):
        if isinstance(source := node.get("source"), str):
            yield source
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from _named(each)


def anchors(page: pathlib.Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(("where", "source"), sorted(set(_sources())))
def test_what_a_rule_rests_on_is_no_paper_of_a_design(where: str, source: str) -> None:
    assert source.strip()
    assert not PAPERS.search(source), f"{where}: {source}"


@pytest.mark.parametrize(("where", "page"), sorted({(w, p) for w, s in _sources() for p in PAGE.findall(s)}))
def test_a_page_that_a_rule_rests_on_is_there_with_its_section(where: str, page: str) -> None:
    name, _, anchor = page.partition("#")
    assert pathlib.Path(name).is_file(), where
    assert not anchor or anchor in anchors(pathlib.Path(name)), where
