"""Records inside others: what a definition says of them, and the rows that they become.

``records.endorsement: {within: policy, path: detail.endorsements, inherit: {policy_no: policyNo}}``: every policy's item
holds a list of endorsements; each becomes a row of its own feed, with the policy's ``policyNo`` beside it as ``../policyNo``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from connectors.building import texts_by_key
from connectors.model import ColumnSource, RecordMapping
from connectors.parse.nested import OUTER
from connectors.protocol import Nesting
from connectors.yaml_tree import Section
from schemas.contract import load_contract
from schemas.mistakes import Mistakes, nearest


def read_nesting(listed: Section, found: Mapping[str, RecordMapping], mistakes: Mistakes) -> dict[str, RecordMapping]:
    """The mappings with those that are nested tied to those around them; what is wrong is kept in ``mistakes``."""
    made = dict(found)
    for name in found:
        record = listed.section(name)
        if "within" in record:
            nesting = mistakes.attempt(_nesting, record, name, found, listed)
            if nesting is not None:
                made |= _tied(made, name, nesting)
        for stray in () if "within" in record else ("inherit", "absent"):
            if stray in record:
                problem = "belongs to a record within another"
                mistakes.add(record.entries[stray].place.error(problem, "add within: or remove it"))
    return made


def _tied(made: Mapping[str, RecordMapping], name: str, nesting: Nesting) -> dict[str, RecordMapping]:
    """The nested mapping, and the one around it, which passes over what becomes rows of the other."""
    around = made[nesting.record_type]
    told = f"拆分为“{load_contract(name).business_name}” split into {name}"
    ignored = {**around.ignored, nesting.path: told}
    return {name: _inside(made[name], nesting), nesting.record_type: replace(around, ignored=ignored)}


def _nesting(record: Section, name: str, found: Mapping[str, RecordMapping], listed: Section) -> Nesting:
    place, outer = record.entries["within"].place, record.text("within")
    known = [other for other in found if other != name and "within" not in listed.section(other)]
    if outer not in known:
        raise place.error(f"{outer!r} is no record type that arrives on its own", nearest(outer, known))
    if list(found).index(outer) > list(found).index(name):
        raise place.error(f"{outer} is loaded after {name}", "nest children in their parents")
    if found[outer].replaces != found[name].replaces:
        raise place.error(f"{outer} and {name} arrive in one answer", "write replaces: all for both or for neither")
    inherit = record.section("inherit")
    inherit.refuse_unknown(load_contract(name).by_name, f"field of {name}")
    absent = record.text("absent", "refused")
    if absent not in ("refused", "none"):
        raise record.entries["absent"].place.error(f"{absent!r} is not allowed", "write absent: none, or remove it")
    return Nesting(outer, record.text("path"), texts_by_key(inherit), "none" if absent == "none" else "refused")


def _inside(mapping: RecordMapping, nesting: Nesting) -> RecordMapping:
    columns = dict(mapping.columns)
    for field, column in nesting.inherit.items():
        columns[field] = replace(columns.get(field, ColumnSource(None)), source=f"{OUTER}{column}")
    return replace(mapping, path="", columns=columns, within=nesting)
