"""Attribution by states between two moments: what was known at the first, plus the changes of some causes until the second.

    hybrid = begin(connection, known_from, known_to)
    hybrid.choose(connection, step)     # causes up to that step have happened, the others have not
    hybrid.rewritten(sql)               # SQL that reads the state instead of what core knew at a moment

Every version that became current between the moments has one cause (``VERSION_CAUSES``), by the load that wrote it. The
last cause, ``judging``, brings no version: verdicts that were judged again between the moments take effect by it.
A state holds one version of each key: the last of the causes that have happened, else the one known before. Step 0 is
what was known at the first moment, the last step what is known at the second, both exactly.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from schemas.contract import Contract, load_contracts
from warehouse.database.engine import driver
from warehouse.database.statements import statement, text_of

#: In the order in which they happen, one step each.
VERSION_CAUSES = ("delivery", "correction", "register", "rule", "calendar", "judging")
#: Numbers that say nothing about which record is meant.
_VAGUE = {"plan_line_no", "agency_credit_code", "previous_policy_no", "instalment_no"}
_CORE_FUNCTION = re.compile(r"\bcore\.(\w+)\(")


@dataclass(frozen=True)
class AttributionStates:
    """A chain of states, kept in temporary tables and functions of one transaction."""

    steps: frozenset[int]
    """The steps at which any version changed."""
    known_from: dt.datetime
    known_to: dt.datetime
    functions: frozenset[str]
    """Functions of schema core that have a stand-in, which reads the state that was chosen last."""

    def choose(self, connection: sa.Connection, step: int) -> None:
        """Let the causes up to a step have happened, and prepare what contributions read."""
        connection.execute(sa.text("truncate chosen"))
        connection.execute(statement("indicators/difference_choose"), {"step": step})
        is_judged = step >= len(VERSION_CAUSES)
        moment = {"known_at": self.known_to if is_judged else self.known_from}
        connection.execute(sa.text("update verdict_moment set known_at = :known_at"), moment)
        connection.execute(sa.text("analyze chosen"))
        text = self.rewritten(text_of("indicators/snapshot"))
        connection.execute(sa.text(text), {"known_at": dt.datetime(1970, 1, 1, tzinfo=dt.UTC)})

    def rewritten(self, text: str) -> str:
        """SQL that reads the chosen state, whatever moment it asks for."""
        return _redirected(text, self.functions)


def begin(connection: sa.Connection, known_from: dt.datetime, known_to: dt.datetime) -> AttributionStates:
    """Finds what changed between the moments, for the rest of the transaction."""
    registers = [name for name, contract in load_contracts().items() if contract.is_register]
    moments = {"known_from": known_from, "known_to": known_to}
    connection.execute(statement("indicators/difference_begin"), {**moments, "registers": registers})
    for contract in load_contracts().values():
        query = statement("indicators/difference_changes", **_key_slots(contract))
        known = {"causes": list(VERSION_CAUSES), "is_register": contract.is_register}
        connection.execute(query, {**moments, **known})
        if contract.milestones:
            query = statement("indicators/difference_judged", **_key_slots(contract))
            connection.execute(query, {**moments, "causes": list(VERSION_CAUSES)})
    connection.execute(sa.text("analyze change"))
    steps = connection.execute(sa.text("select distinct step from change where step > 0")).scalars()
    return AttributionStates(frozenset(steps), known_from, known_to, _stand_in(connection, known_from, known_to))


def identify(connection: sa.Connection) -> None:
    """Find the identifiers of everything that changed and of everything that moved."""
    connection.execute(sa.text("drop table if exists pg_temp.change_identifier"))
    connection.execute(
        sa.text(
            "create temporary table change_identifier"
            " (record_type text, identity text, insurer_id text, value text) on commit drop"
        )
    )
    for contract in load_contracts().values():
        values = ", ".join(f"v.{name}" for name in identifiers(contract))
        change = {"target": "change_identifier", "source": "change", "version": "version_id"}
        moved = {"target": "identifier", "source": "moved", "version": "record_id"}
        for slots, marks in ((change, "s.record_type, s.identity"), (moved, "s.place_no, s.state_no")):
            shared = {"record_type": contract.record_type, "values": values, "marks": marks}
            connection.execute(statement("indicators/difference_identify", **slots, **shared))
    for parent, field in _parents():
        values = ", ".join(f"v.{name}" for name in identifiers(load_contracts()[parent]))
        connection.execute(statement("indicators/difference_parents", record_type=parent, field=field, values=values))


def identifiers(contract: Contract) -> list[str]:
    """Fields by which a record is told, and those by which it names others."""
    named = [field.name for field in contract.fields if field.references and field.name not in _VAGUE]
    return list(dict.fromkeys([contract.key[0], *named]))


def key_text(contract: Contract) -> str:
    """The key columns of a version ``v``."""
    return ", ".join(f"v.{name}" for name in contract.key)


def _key_slots(contract: Contract) -> dict[str, str]:
    return {
        "record_type": contract.record_type,
        "key": key_text(contract),
        "key_match": " and ".join(f"e.{name} = v.{name}" for name in contract.key),
    }


def _parents() -> list[tuple[str, str]]:
    """Insurer-fed records that others name, but for policies: their numbers say all."""
    named = {
        field.references
        for contract in load_contracts().values()
        for field in contract.fields
        if field.references is not None and field.name not in _VAGUE
    }
    contracts = load_contracts()
    return sorted((t, f) for t, f in named if not contracts[t].is_register and t != "policy")


def _stand_in(connection: sa.Connection, known_from: dt.datetime, known_to: dt.datetime) -> frozenset[str]:
    """Makes functions of this session that read the chosen state, and copies of those built on them; their names."""
    literals = {"known_from": f"'{known_from.isoformat()}'", "known_to": f"'{known_to.isoformat()}'"}
    with driver(connection).cursor() as cursor:
        cursor.execute("set local check_function_bodies = off")
        for record_type in load_contracts():
            slots = {"record_type": record_type, "function": f"{record_type}_known", **literals}
            columns = connection.execute(statement("indicators/difference_columns"), {"core": f"core.{record_type}"})
            cursor.execute(text_of("indicators/difference_stand_in", **slots, columns=columns.scalar_one()))
        functions = _functions(connection)
        redirected = _read_by(functions)
        for name, definitions in functions.items():
            if name in redirected - _base():
                for definition in definitions:
                    cursor.execute(_redirected(definition, redirected).replace("PARALLEL SAFE", "PARALLEL UNSAFE"))
    return redirected


def _functions(connection: sa.Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, definition in connection.execute(statement("indicators/difference_functions")):
        found.setdefault(name, []).append(definition)
    return found


@functools.cache
def _base() -> frozenset[str]:
    return frozenset(f"{record_type}_known" for record_type in load_contracts())


def _read_by(functions: dict[str, list[str]]) -> frozenset[str]:
    """Names of the functions that read what core knew at a moment, directly or through each other."""
    reading = set(_base())
    while True:
        more = {n for n, texts in functions.items() if n not in reading and _called(texts) & reading}
        if not more:
            return frozenset(reading)
        reading |= more


def _called(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in _CORE_FUNCTION.findall(text.partition("\n")[2])}


def _redirected(text: str, names: frozenset[str]) -> str:
    return _CORE_FUNCTION.sub(lambda found: f"pg_temp.{found[1]}(" if found[1] in names else found[0], text)
