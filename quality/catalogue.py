"""The catalogue of rules: read once from ``quality/rules/*.yml``, checked, versioned by digest, listed for the docs.

One file a record type; ``common.yml``, ``field.yml``, ``delivery.yml`` and ``history.yml`` hold rules for every type. SQL of a rule may use ``{record_type}``, ``{key_match}`` (current
record ``c`` has the key of staged row ``s``) and any fragment of ``quality/rules/fragments/*.sql`` by its name.
"""

from __future__ import annotations

import functools
import hashlib
import pathlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from quality import amounts, replacing
from quality.amounts import AmountBound
from quality.deliveries import FILE as BOUNDS_FILE
from quality.deliveries import Bound, as_values, bounds_of
from quality.own_bounds import OWN, overlaid
from quality.replacing import ReplacingBound
from quality.rule_files import read_entries
from schemas.contract import RECORD_TYPES, Contract, load_contract
from schemas.errors import DefinitionError
from schemas.findings import Rule
from schemas.generate import table
from schemas.mistakes import Mistakes, nearest
from schemas.province import Province, by_province

_B = TypeVar("_B", Bound, AmountBound, ReplacingBound)
FOLDER = pathlib.Path(__file__).parent / "rules"

#: Files whose rules speak of every record type.
_FILES_OF_ALL = ("common", "delivery", "field", "history")
_READ_BOUNDS: dict[str, Callable[[str, str], object]] = {
    BOUNDS_FILE: bounds_of,
    amounts.FILE: amounts.amounts_of,
    replacing.FILE: replacing.replacing_of,
}
_BARE_PERCENT = "FLD-025"
#: What stands in a file's text where its bytes are not UTF-8.
_NO_CHARACTER = "\ufffd"
SQL_TIERS = ("orphan", "bound", "cross", "batch", "history")
#: Rules for ``*`` in these tiers speak of registers too; the others of insurer-fed types only.
_TIERS_OF_ALL = ("file", "mapping", "field", "bound", "batch", "history")


@dataclass(frozen=True, eq=False)
class RuleSet:
    """All rules in the order of their ids; ``version`` is a digest over everything they say.

    ``texts`` are the files that they were read from, by name, fragments included. ``broken`` are the mistakes, by the
    record type that they stop: a rule that cannot be read must not be left out in silence. ``*`` = every type.
    """

    rules: tuple[Rule, ...]
    version: str
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    broken: Mapping[str, DefinitionError] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def by_id(self) -> dict[str, Rule]:
        return {rule.rule_id: rule for rule in self.rules}

    @property
    def words(self) -> dict[str, Rule]:
        """The rules by id, to tell observations and refusals by. Raises DefinitionError when some of them are broken."""
        if "*" in self.broken:
            raise self.broken["*"]
        return self.by_id

    def for_type(self, record_type: str) -> tuple[Rule, ...]:
        """Every rule that speaks of a record type. Raises DefinitionError with all mistakes that stop the type."""
        with Mistakes() as mistakes:
            for name in filter(self.broken.__contains__, (record_type, "*")):
                mistakes.add(self.broken[name])
        is_register = load_contract(record_type).is_register
        return tuple(
            rule
            for rule in self.rules
            if rule.record_type == record_type
            or (rule.record_type == "*" and (not is_register or rule.tier in _TIERS_OF_ALL))
        )

    def is_broken(self, record_type: str) -> bool:
        """Whether a mistake stops a record type."""
        return not self.broken.keys().isdisjoint({record_type, "*"})

    def record_rules(self, record_type: str) -> tuple[Rule, ...]:
        """Rules that Great Expectations judges, one record at a time."""
        return tuple(rule for rule in self.for_type(record_type) if rule.expectation is not None)

    def sql_rules(self, record_type: str) -> tuple[Rule, ...]:
        """Rules that the warehouse runs on staged rows, with their SQL complete and limited to their validity."""
        contract = load_contract(record_type)
        chosen = [r for r in self.for_type(record_type) if r.select is not None and r.tier in SQL_TIERS]
        names = self.names_for(contract)
        filled = [_filled(_filled(str(rule.select), self.fragments | names), names) for rule in chosen]
        selects = [_in_force(rule, select, contract) for rule, select in zip(chosen, filled, strict=True)]
        # A rule for every type speaks in the words of the batch's own.
        return tuple(
            replace(rule, select=select, record_type=record_type) for rule, select in zip(chosen, selects, strict=True)
        )

    @functools.cached_property
    def suspected_percent(self) -> Decimal | None:
        """The bare ratio that FLD-025 takes for a percentage; as shipped where older editions do not say it."""
        for rule in (rules.by_id.get(_BARE_PERCENT) for rules in (self, find_rules())):
            if rule and "min_value" in rule.arguments:
                return Decimal(str(rule.arguments["min_value"]))
        return None

    @functools.cached_property
    def bounds(self) -> tuple[Bound, ...]:
        """The bounds of the rules that compare a delivery with those before it."""
        shipped, own = self._bounds(BOUNDS_FILE, bounds_of)
        return overlaid(shipped, own, lambda bound: (bound.name, bound.insurer_id, bound.record_type))

    @functools.cached_property
    def amount_bounds(self) -> tuple[AmountBound, ...]:
        """What is plausible of each amount and count. Raises DefinitionError."""
        shipped, own = self._bounds(amounts.FILE, amounts.amounts_of)
        return overlaid(shipped, own, lambda bound: (bound.record_type, bound.field, bound.domain, bound.of))

    @functools.cached_property
    def replacing_bounds(self) -> tuple[ReplacingBound, ...]:
        """How much a delivery that replaces may lack; as shipped where older editions do not say it. Raises DefinitionError."""
        shipped, own = self._bounds(replacing.FILE, replacing.replacing_of)
        return overlaid(shipped or replacing.replacing_of(_texts(FOLDER)[replacing.FILE]), own, lambda _: None)

    def _bounds(self, file: str, read: Callable[[str, str], tuple[_B, ...]]) -> tuple[tuple[_B, ...], tuple[_B, ...]]:
        """What a file and the province's of that name say."""
        shipped, own = (read(self.texts[name], name) if name in self.texts else () for name in (file, OWN + file))
        return shipped, own

    @functools.cached_property
    def fragments(self) -> dict[str, str]:
        """Subqueries that rules share, by the name that stands for them in braces."""
        found = {pathlib.PurePosixPath(name): text for name, text in self.texts.items()}
        return {name.stem: text.strip() for name, text in found.items() if name.match("fragments/*.sql")}

    def names_for(self, contract: Contract) -> dict[str, str]:
        """What a rule's select may write in braces, besides the fragments: SQL of one record type by name."""
        return {
            "record_type": contract.record_type,
            "key_match": " and ".join(f"c.{name} = s.{name}" for name in contract.key),
            "key_text": "concat_ws('|', " + ", ".join(f"c.{name}" for name in contract.key) + ")",
            "bounds": as_values(self.bounds),
            "amounts_to_hold": amounts.outside(self.amount_bounds, contract, "hold_above"),
            "amounts_to_tell": amounts.outside(self.amount_bounds, contract, "warn_above"),
            "is_other_content": _differ(contract.content if contract.subject else ()),
            "is_other_subject": _differ(contract.subject),
            "subject_said": _told_together(contract.subject, "s"),
            "subject_known": _told_together(contract.subject, "c"),
            "subject_field": f"cast('{contract.subject[0]}' as text)" if contract.subject else "null",
        }


@by_province
def load_rules(here: Province) -> RuleSet:
    """The rules as shipped, with the province's bounds. Raises DefinitionError with every mistake, naming file, line, rule and fix."""
    return _sound(rules_of(_texts(FOLDER) | _own_bounds(here)))


@by_province
def find_rules(here: Province) -> RuleSet:
    """The same, mistakes and all: they stop the record types that they speak of."""
    return rules_of(_texts(FOLDER) | _own_bounds(here))


def _own_bounds(here: Province) -> dict[str, str]:
    return {OWN + name: text for name, text in _texts(here.folder, "bounds/*.*").items()}


def read_rules(folder: pathlib.Path) -> RuleSet:
    """The rules of a folder. Raises DefinitionError with every mistake, an id that stands twice included."""
    return _sound(rules_of(_texts(folder)))


def _sound(found: RuleSet) -> RuleSet:
    with Mistakes() as mistakes:
        for error in found.broken.values():
            mistakes.add(error)
    return found


def rules_of(texts: Mapping[str, str]) -> RuleSet:
    """The rules of a catalogue's files, by name as in its folder; what is wrong with them is kept in ``broken``."""
    found: dict[str, Rule] = {}
    digest = hashlib.sha256()
    mistakes: dict[str, Mistakes] = {}
    names = sorted(texts, key=pathlib.PurePosixPath)
    for name in names:
        digest.update(f"{name}{texts[name]}".encode())
    for name in names:
        told = mistakes.setdefault(_speaks_of(name), Mistakes())
        if (at := texts[name].find(_NO_CHARACTER)) >= 0:
            line = texts[name].count("\n", 0, at) + 1
            told.add(DefinitionError(name, "document", "is not UTF-8", line, "save it as UTF-8"))
            continue
        if read_bounds := _READ_BOUNDS.get(name.removeprefix(OWN)):
            told.attempt(read_bounds, texts[name], name)
        elif name.startswith(OWN):
            fix = nearest(name, [OWN + known for known in _READ_BOUNDS])
            told.add(DefinitionError(name, "file name", "is no file of bounds", fix=fix))
        if not re.fullmatch(r"[^/]+\.yml", name):
            continue
        for rule, twice in read_entries(name, _speaks_of(name), texts[name], told):
            if rule.rule_id in found:
                told.add(twice)
            found.setdefault(rule.rule_id, rule)
    broken = {name: told.together() for name, told in mistakes.items() if told}
    kept = {name: texts[name] for name in names}
    return RuleSet(tuple(found[rule_id] for rule_id in sorted(found)), digest.hexdigest()[:16], kept, broken)


def _texts(folder: pathlib.Path, pattern: str = "**/*.*") -> dict[str, str]:
    paths = [path for path in folder.glob(pattern) if path.suffix in (".yml", ".yaml", ".sql")]
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode(errors="replace") for path in paths}


def _speaks_of(name: str) -> str:
    """The record type that a file of rules speaks of; ``*`` for files of all types, fragments and bounds."""
    stem = name.removesuffix(".yml")
    return "*" if stem in _FILES_OF_ALL or "/" in name else stem


def _filled(text: str, names: Mapping[str, str]) -> str:
    """The text with the names in braces replaced; a name that is not known stays for the next round."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: names.get(found[1], found[0]), text)


def _differ(names: Iterable[str]) -> str:
    """Whether a staged row ``s`` and what was known ``c`` differ in any of the fields; no field, no difference."""
    pairs = [f"s.{name} is distinct from c.{name}" for name in names]
    return f"({' or '.join(pairs)})" if pairs else "false"


def _told_together(names: Iterable[str], alias: str) -> str:
    """The fields' values as one text, (空) where none has one."""
    told = f"concat_ws(' / ', {', '.join(['null', *(f'{alias}.{name}' for name in names)])})"
    return f"coalesce(nullif({told}, ''), '(空)')"


def _in_force(rule: Rule, select: str, contract: Contract) -> str:
    """The select without rows whose business date lies outside the rule's validity."""
    if (rule.valid_from is None and rule.valid_to is None) or not contract.milestones:
        return select
    field = contract.by_name[contract.milestones[0].field]
    day = f"(v.{field.name} at time zone 'Asia/Shanghai')::date" if field.kind == "timestamp" else f"v.{field.name}"
    outside = [f"{day} < date '{rule.valid_from}'"] if rule.valid_from else []
    outside += [f"{day} > date '{rule.valid_to}'"] if rule.valid_to else []
    return (
        f"select found.* from ({select.strip()}) as found\n"  # noqa: S608 - our own rules and dates, nothing sent
        f"where not exists (select from staged as v where v.row_no = found.row_no and ({' or '.join(outside)}))"
    )


def markdown() -> str:
    """The rules as a Markdown page, one table a record type."""
    rules = load_rules()
    lines = ["# 规则目录 Rules", "", f"{len(rules.rules)} rules. error holds the row, warning loads it with a finding."]
    for record_type in ("*", *RECORD_TYPES):
        listed = [rule for rule in rules.rules if rule.record_type == record_type]
        heading = (
            "所有类型 every type" if record_type == "*" else f"{load_contract(record_type).business_name} {record_type}"
        )
        columns = ("规则", "级别", "层次", "名称", "Title", "依据", "可信度")
        rows = [(r.rule_id, r.severity, r.tier, r.title_zh, r.title_en, r.basis, r.confidence) for r in listed]
        lines += ["", f"## {heading}", "", *table(columns, rows)]
    return "\n".join(lines) + "\n"
