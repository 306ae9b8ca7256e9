"""How answers end, and how they say that there is nothing; declared in YAML alone."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from connectors.chunks import read_chunks
from schemas.contract import load_contract
from schemas.errors import IncompleteFetch, SchemaDrift
from tests.connectors.speaking import BASE, Asked, Said, Speak, collected, policies

UNTIL_EMPTY = """
paging: {kind: page, page_param: page, size_param: size, size: 2, until: empty, end: ["null"]}
response: {items: rows}
records: {policy: {path: /policies}}
"""


@pytest.mark.parametrize("empty", [[], None])
def test_pages_are_asked_for_until_one_is_empty(speak: Speak, empty: Any) -> None:
    def script(asked: Asked, _number: int) -> Said:
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"rows": policies(1, 2, 3)[at : at + 2] or empty})

    definition, _ = speak(script, UNTIL_EMPTY)
    assert len(collected(definition).payloads) == 3


def test_a_hole_between_pages_is_not_the_end(speak: Speak) -> None:
    pages: dict[str, dict[int, list[int]]] = {
        "an empty page in the middle": {1: [1, 2], 3: [5, 6]},
        "a page that is not full": {1: [1], 2: [3, 4]},
    }
    for found in pages.values():
        definition, _ = speak(
            lambda asked, _number, found=found: Said({"rows": policies(*found.get(int(asked.query["page"]), []))}),
            UNTIL_EMPTY,
        )
        with pytest.raises(IncompleteFetch):
            collected(definition)
    definition, _ = speak(
        lambda asked, number: Said(
            {
                "rows": policies(
                    *(
                        [1, 2]
                        if asked.query["page"] == "1"
                        else [3]
                        if number > 1 and asked.query["page"] == "2"
                        else []
                    )
                )
            }
        ),
        UNTIL_EMPTY,
    )
    with pytest.raises(IncompleteFetch, match="changed"):
        collected(definition)


CURSOR = """
paging: {kind: cursor, cursor_param: at, cursor_path: next, size_param: size, size: 2, END}
response: {items: rows, total: total}
records: {policy: {path: /policies}}
"""


@pytest.mark.parametrize("mark", [0, -1, False, "0", "", None, "END"])
def test_the_marks_of_the_end_are_those_that_the_definition_lists(speak: Speak, mark: Any) -> None:
    def script(asked: Asked, _number: int) -> Said:
        is_first = "at" not in asked.query
        rows = policies(1, 2) if is_first else policies(3)
        return Said({"rows": rows, "total": 3, "next": "c2" if is_first else mark})

    listed, _ = speak(script, CURSOR.replace("END", 'end: ["0", "-1", "false", "END"]'))
    assert len(collected(listed).payloads) == 2
    unlisted, _ = speak(script, CURSOR.replace(", END", ""))
    if mark in ("", None):
        assert len(collected(unlisted).payloads) == 2
    else:
        with pytest.raises(IncompleteFetch):
            collected(unlisted)


@pytest.mark.parametrize(("mark", "more"), [("0", 1), ("false", True), ("N", "Y")])
def test_a_flag_that_says_whether_there_is_more(speak: Speak, mark: str, more: Any) -> None:
    last = {"0": 0, "false": False, "N": "N"}[mark]

    def script(asked: Asked, _number: int) -> Said:
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"rows": policies(1, 2, 3)[at : at + 2], "more": last if at else more})

    vendor = BASE.replace("total: total", f'last_page: more, last_marks: ["{mark}"]')
    assert len(collected(speak(script, vendor)[0]).payloads) == 2
    for odd in (None, [], {}):
        with pytest.raises(IncompleteFetch, match="completeness cannot be proven"):
            collected(speak(lambda _asked, _number, odd=odd: Said({"rows": policies(1, 2), "more": odd}), vendor)[0])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (Said(status=204, raw=b""), "204"),
        (Said({"e": "not found"}, 404), "404"),
        (Said({"code": "1002", "rows": None}), "1002"),
    ],
)
def test_nothing_new_is_what_the_definition_says_it_is(
    speak: Speak, said: Said, name: str, tmp_path: pathlib.Path
) -> None:
    declared = BASE.replace(
        "total: total",
        'total: total, nothing_status: ["204", "404"], error: {path: code, ok: ["0"], nothing: ["1002"]}',
    )
    definition, _ = speak(lambda _asked, _number: said, declared)
    fetched = collected(definition)
    assert [(p.name, p.content) for p in fetched.payloads] == [(f"policy/page-00001.nothing-{name}.json", b"")]
    landed = tmp_path / "landed"
    landed.write_bytes(b"")
    assert list(read_chunks(definition, load_contract("policy"), "api", [landed])) == []
    undeclared, _ = speak(lambda _asked, _number: said, BASE)
    with pytest.raises((SchemaDrift, IncompleteFetch)):
        collected(undeclared)


def test_nothing_in_the_middle_of_what_was_promised_is_no_end(speak: Speak) -> None:
    declared = BASE.replace("total: total", 'total: total, nothing_status: ["204"]')
    definition, _ = speak(
        lambda asked, _number: (
            Said(status=204, raw=b"") if asked.query["page"] == "2" else Said({"rows": policies(1, 2), "total": 4})
        ),
        declared,
    )
    with pytest.raises(IncompleteFetch, match="2 items came, 4 are declared"):
        collected(definition)
