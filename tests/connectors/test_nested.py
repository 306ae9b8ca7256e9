"""Records that arrive inside others; declared in YAML alone."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from connectors.chunks import read_chunks
from schemas.contract import load_contract
from schemas.errors import DefinitionError, SchemaDrift
from tests.connectors.speaking import Asked, Said, Speak, collected, defined, policies

NESTED = """
ignored: {remark: 备注}
paging: {kind: page, page_param: page, size_param: size, size: 2}
response: {items: rows, total: total}
records:
  policy: {path: /policies}
  endorsement: {within: policy, path: detail.edrs, inherit: {policy_no: policy_no}}
"""


def nested(*each: Any) -> list[dict[str, Any]]:
    return [
        row | {"detail": {"edrs": held} if held != "absent" else {}}
        for row, held in zip(policies(*range(len(each))), each, strict=True)
    ]


def test_records_inside_others_become_rows_of_their_own_with_what_they_inherit(
    speak: Speak, tmp_path: pathlib.Path
) -> None:
    held = nested(
        [{"endorsement_no": "E1"}, {"endorsement_no": "E2"}], None, [], [{"endorsement_no": "E3", "remark": "x"}]
    )

    def script(asked: Asked, _number: int) -> Said:
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"rows": held[at : at + 2], "total": 4})

    definition, system = speak(script, NESTED)
    fetched = collected(definition, "endorsement")
    assert {asked.path for asked in system.asked} == {"/api/policies"}
    paths = [tmp_path / str(n) for n in range(len(fetched.payloads))]
    for path, payload in zip(paths, fetched.payloads, strict=True):
        path.write_bytes(payload.content)
    [chunk] = read_chunks(definition, load_contract("endorsement"), "api", paths)
    assert chunk.rows.select(["endorsement_no", "../policy_no", "place"]).to_pylist() == [
        {"endorsement_no": "E1", "../policy_no": "P0", "place": "page 1 item 1.1"},
        {"endorsement_no": "E2", "../policy_no": "P0", "place": "page 1 item 1.2"},
        {"endorsement_no": "E3", "../policy_no": "P3", "place": "page 2 item 2.1"},
    ]
    assert chunk.layout.columns["policy_no"].source == "../policy_no"
    assert definition.records["policy"].ignored["detail.edrs"]


@pytest.mark.parametrize("held", ["absent", "text", [1], {"endorsement_no": "E1"}])
@pytest.mark.parametrize("record_type", ["policy", "endorsement"])
def test_a_list_that_is_no_longer_there_is_a_changed_shape(speak: Speak, held: Any, record_type: str) -> None:
    script = lambda _asked, _number: Said({"rows": nested(held), "total": 1})  # noqa: E731  # a script
    with pytest.raises(SchemaDrift, match=r"detail\.edrs"):
        collected(speak(script, NESTED)[0], record_type)
    lenient = NESTED.replace("policy_no: policy_no}", "policy_no: policy_no}, absent: none")
    if held == "absent":
        assert collected(speak(script, lenient)[0], record_type).payloads


NESTING_MISTAKES = [
    ("within: policy", "within: polic", "did you mean 'policy'"),
    ("policy_no: policy_no}", "policy_nr: policy_no}", "unknown field"),
    ("within: policy, ", "", "belongs to a record within another"),
    ("path: detail.edrs", "path: detail..edrs", "no path into an item"),
    ("detail.edrs,", "detail.edrs, replaces: all,", "arrive in one answer"),
]


@pytest.mark.parametrize(("good", "bad", "told"), NESTING_MISTAKES)
def test_a_mistake_in_a_nesting_is_told(tmp_path: pathlib.Path, good: str, bad: str, told: str) -> None:
    assert good in NESTED
    with pytest.raises(DefinitionError, match=told):
        defined(tmp_path, NESTED.replace(good, bad))
