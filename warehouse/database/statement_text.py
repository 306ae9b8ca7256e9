"""What the audit keeps of a statement that a reader sent: its text without values that tell of somebody, and what it reads.

    told = Statements(names).told("select * from policy where policy_no = 'P-2026-0001'")
    told.text, told.values, told.relations  ->  "select * from policy where policy_no = ':v1'", {"v1": "P-2026-0001"}, {"policy"}

Texts of a statement are kept that are short codes (six letters or digits at most), days, or names of schema report; every
other literal becomes a mark, and its value goes into the audit as a keyed digest. Comments are left out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$(?P<body>.*?)(?:\$(?P=tag)\$|\Z))
    | (?P<string>(?:[eE]'(?:[^'\\]|\\.|'')*|(?:[uU]&|[bBxXnN])?'(?:[^']|'')*)(?:'|\Z))
    | (?P<quoted>(?:[uU]&)?"(?:[^"]|"")*(?:"|\Z))
    | (?P<word>[^\W\d][\w$]*)
    | (?P<parameter>\$\d+)
    | (?P<number>\d[\w.]*)
    | (?P<space>\s+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SHORT = re.compile(r"[A-Za-z0-9_-]{0,6}")
_DAY = re.compile(r"\d{4}-\d\d(-\d\d)?([ T]\d\d:\d\d(:\d\d)?(\.\d+)?)?([+-]\d\d(:?\d\d)?|Z)?")
_LONG_NUMBER = re.compile(r"\d{7}")
#: Quotes within quotes that are looked into; what stands deeper is one value.
_DEEPEST = 8
_KNOWN = frozenset({"report", "pg_catalog", "information_schema"})
#: After these a name is read from; after the others of a query it is not.
_OPENS = frozenset({"from", "join", "table", "only", "lateral", "copy", "using"})
_CLOSES = frozenset(
    {"where", "group", "order", "having", "limit", "offset", "fetch", "union", "intersect", "except", "select", "window", "on", "set"}
)  # fmt: skip
#: Statements that read no row of ours; a fetch goes on with what was declared before.
_CONTROL = frozenset(
    {
        "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "set", "reset", "show", "discard",
        "deallocate", "close", "fetch", "move", "listen", "unlisten",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A piece of a statement: its kind (a group of the pattern), its text, and what stands inside its quotes."""

    kind: str
    text: str
    inside: str


@dataclass
class Told:
    """A statement without the values that were taken out, those by their marks, and what it names of schema report."""

    text: str = ""
    marks: dict[str, str] = field(default_factory=dict)
    relations: set[str] = field(default_factory=set)

    @property
    def values(self) -> dict[str, str]:
        """What was taken out, by its mark."""
        return {mark: value for value, mark in self.marks.items()}

    def mark(self, value: str) -> str:
        """The mark of a value; the same value has the same mark."""
        return f":{self.marks.setdefault(value, f'v{len(self.marks) + 1}')}"


@dataclass(frozen=True)
class Statements:
    """Reads statements; ``relations``: views and functions of schema report; ``words``: what else may stand as it is."""

    relations: frozenset[str]
    words: frozenset[str] = frozenset()

    def told(self, text: str, further: str = "") -> Told:
        """A statement's text, values and relations; ``further`` is what belongs to it: of EXECUTE, what was prepared."""
        told = Told()
        self._look(text, told)
        self._look(further, told)
        told.text = self.masked(text, told).strip()
        return told

    @functools.cached_property
    def _kept(self) -> frozenset[str]:
        return self.words | self.relations | _KNOWN

    def masked(self, text: str, told: Told, depth: int = 0) -> str:
        """A text with marks for values; they are added to ``told``."""
        if depth > _DEEPEST:
            return told.mark(text)
        return "".join(self._masked(token, told, depth) for token in _tokens(text))

    def _masked(self, token: Token, told: Told, depth: int) -> str:
        match token.kind:
            case "comment":
                return " "
            case "dollar":
                return (
                    token.text.replace(token.inside, self.masked(token.inside, told, depth + 1))
                    if token.inside
                    else token.text
                )
            case "string":
                return f"'{self._value(token.inside, told)}'"
            case "quoted" | "word" | "number" | "parameter" if _LONG_NUMBER.search(token.text) or _is_odd(token):
                return told.mark(token.inside)
            case _:
                return token.text

    def _value(self, value: str, told: Told) -> str:
        """A literal's text as it may be kept; signs of a pattern stay beside the mark."""
        bare = value.strip("%")
        if _SHORT.fullmatch(bare) or _DAY.fullmatch(bare) or bare in self._kept:
            return value
        return value.replace(bare, told.mark(bare))

    def _look(self, text: str, told: Told, depth: int = 0) -> None:
        """Find names of schema report where a statement reads from them: qualified, after FROM or JOIN, or called."""
        clauses, expects, before = [""], False, ""
        tokens = [token for token in _tokens(text) if token.kind not in ("space", "comment")]
        for token, after in zip(tokens, [*(t.text for t in tokens[1:]), ""], strict=False):
            if token.kind in ("string", "dollar") and depth < _DEEPEST:
                self._look(token.inside, told, depth + 1)
            name = token.inside if token.kind == "quoted" else token.text.lower()
            if token.kind in ("word", "quoted") and name in self.relations and (
                expects or before == "report." or after == "("
            ):  # fmt: skip
                told.relations.add(name)
            expects = _expects(token, clauses, expects)
            before = (before + name)[-7:] if token.text == "." else name


def is_control(text: str) -> bool:
    """Whether a text has only statements that read nothing: of transactions, settings and cursors."""
    return all(first in _CONTROL for first in _first_words(text))


def _first_words(text: str) -> Iterator[str]:
    is_first = True
    for token in _tokens(text):
        if token.text == ";":
            is_first = True
        elif is_first and token.kind not in ("space", "comment"):
            yield token.text.lower()
            is_first = False


def _tokens(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        kind, whole = found.lastgroup or "other", found[0]
        if found["dollar"] is not None:
            kind = "dollar"
        yield Token(kind, whole, _inside(kind, found))


def _inside(kind: str, found: re.Match[str]) -> str:
    whole = found[0]
    match kind:
        case "dollar":
            return found["body"]
        case "string":
            return whole.partition("'")[2].removesuffix("'").replace("''", "'")
        case "quoted":
            return whole.partition('"')[2].removesuffix('"').replace('""', '"')
        case _:
            return whole


def _is_odd(token: Token) -> bool:
    """Whether a name is written so that it does not say what it is, or a number so that it is none."""
    return (token.kind == "quoted" and token.text[:1] in "uU") or (
        token.kind == "number" and re.fullmatch(r"[\d._]+([eE]\d+)?", token.text) is None
    )


def _expects(token: Token, clauses: list[str], expected: bool) -> bool:
    """Whether the next word is read from; ``clauses``: that of each open bracket, outermost first."""
    word = token.text.lower()
    if token.kind == "word" and word in _OPENS:
        clauses[-1] = "from"
        return True
    if token.kind == "word" and word in _CLOSES:
        clauses[-1] = word
        return False
    if word == "(":
        clauses.append("from" if expected else "")
        return expected
    if word == ")" and len(clauses) > 1:
        clauses.pop()
        return False
    if word == ";":
        clauses[:] = [""]
        return False
    return (word == "," and clauses[-1] in ("from", "on")) or (expected and word in (".", "report", '"report"'))
