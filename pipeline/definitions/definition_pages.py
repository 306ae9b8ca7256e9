"""Reference pages of definitions and credentials: every key out of the code that reads it."""

from __future__ import annotations

import ast
import dataclasses
import datetime as dt
import inspect
import textwrap
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin

from connectors.credentials import Entry, needed
from connectors.definition import REGULATOR, load_definition, load_definitions
from connectors.keys import OWN_KEYS, RECORD_KEYS, VENDOR_KEYS
from connectors.model import (
    Auth,
    AuthKind,
    ColumnSource,
    ErrorBody,
    FetchLimits,
    InsurerDefinition,
    Paging,
    Response,
    SourceFormat,
    WindowFormat,
)
from connectors.protocol import Envelope, RequestForm, Signature, Tls
from schemas import generate

SECTIONS: tuple[tuple[str, type], ...] = (
    ("auth", Auth),
    ("request", RequestForm),
    ("signature", Signature),
    ("envelope", Envelope),
    ("tls", Tls),
    ("paging", Paging),
    ("window", WindowFormat),
    ("response", Response),
    ("response.error", ErrorBody),
    ("limits", FetchLimits),
    ("file", SourceFormat),
    ("records.*.columns.*", ColumnSource),
)
#: Fields of the dataclasses that no file sets.
_NOT_IN_FILES = {("file", "items_path"), ("file", "nesting")}
_COLUMNS = ("键 key", "类型 type", "缺省 default", "含义 meaning")

_ON_FILES = """\
`insurers/<id>.yml` lies over the vendor profile that it extends: mappings key by key, everything else
replaced. `anze insurer check <id>` tells mistakes with file, line, key and fix. Secrets stand in no file:
[credentials.md](credentials.md)."""
_ON_CREDENTIALS = """\
One JSON object an insurer: in the environment as `ANZE_CREDENTIALS_<ID>` (id in capitals), in Airflow as the connection
`insurer_<id>` (login, password = `secret`, extra). They stand in no file of the hub, no log, no message and nothing
that lands. `anze insurer probe <id>` tries them."""
_ON_EXTRA = """\
Entries of `extra` are named by the definition. A PEM entry is the text itself (line ends may be written as `\\n`) or the
path of a file that the loader may read."""


def definitions_page() -> str:
    """Every key of insurer and vendor files: type, allowed values, default, meaning."""
    parts = [
        "# Insurer and vendor files",
        _ON_FILES,
        f"## An insurer's own keys\n\n{_meanings(OWN_KEYS)}",
        f"## A vendor's keys\n\n{_meanings(VENDOR_KEYS)}",
        f"## `records.*`\n\n{_meanings(RECORD_KEYS)}",
    ]
    for name, kind in SECTIONS:
        parts.append(f"## `{name}`\n\n{_first_line(kind)}\n\n{_table(_COLUMNS, _rows(name, kind))}")
    return "\n\n".join(parts)


def credentials_page() -> str:
    """What the credentials JSON must hold, by kind of authentication and by insurer."""
    by_kind = [(f"`{kind}`", *_entries(_bare(kind))) for kind in get_args(AuthKind)]
    by_insurer = [(f"`{d.insurer_id}`", f"`{d.vendor}`", *_entries(d)) for d in _api()]
    return "\n\n".join(
        [
            "# Credentials",
            _ON_CREDENTIALS,
            '```json\n{"login": "...", "secret": "...", "extra": {"sign_key": "..."}}\n```',
            _ON_EXTRA,
            f"## By kind of `auth`\n\n{_table(('auth.kind', '必填 needed', '含义 meaning'), by_kind)}",
            "## Besides, whatever `auth` is\n\n"
            + _table(("键 key", "条目 entry", "含义 meaning"), [(f"`{key}`", *told) for key, told in BESIDES.items()]),
            f"## By insurer\n\n{_table(('机构 insurer', '方言 dialect', '必填 needed', '含义 meaning'), by_insurer)}",
        ]
    )


BESIDES = {
    "signature.key": ("`secret` or an entry of `extra`", "Key of the signature; for rsa_sha256 a private key as PEM."),
    "signature.login": ("`login`", "Told beside the signature, where the definition places it."),
    "envelope.key": ("`extra.envelope_key`", "Key of 16, 24 or 32 bytes (SM4: 16), written as envelope.key_form says."),
    "envelope.iv_key": ("an entry of `extra`", "Initialisation vector of 16 bytes, where it is agreed once."),
    "tls.certificate": ("an entry of `extra`", "Client certificate with its chain, PEM."),
    "tls.key": (
        "`extra.client_key`",
        "Its private key, PEM; a pass phrase is the entry of the same name with _password.",
    ),
    "tls.authority": ("an entry of `extra`", "Certificate of the insurer's own authority, PEM."),
}


def _api() -> list[InsurerDefinition]:
    return [d for d in load_definitions(environ={}).values() if d.channel == "api"]


def _bare(kind: AuthKind) -> InsurerDefinition:
    """A definition that has this kind of authentication and nothing else."""
    return dataclasses.replace(load_definition(REGULATOR, environ={}), channel="api", auth=Auth(kind=kind))


def _entries(definition: InsurerDefinition) -> tuple[str, str]:
    found: tuple[Entry, ...] = needed(definition)
    return ", ".join(f"`{e.name}`" for e in found) or "—", "; ".join(f"{e.name}: {e.meaning}" for e in found) or "—"


def _meanings(keys: Mapping[str, str]) -> str:
    return _table(("键 key", "含义 meaning"), [(f"`{key}`", meaning) for key, meaning in keys.items()])


def _rows(section: str, kind: type) -> Iterator[tuple[str, ...]]:
    hints, told = typing.get_type_hints(kind), meanings(kind)
    for each in dataclasses.fields(kind):
        if (section, each.name) not in _NOT_IN_FILES:
            yield f"`{each.name}`", _type(hints[each.name]), _default(each), told.get(each.name, "")


def meanings(kind: type) -> dict[str, str]:
    """The text below each field of a dataclass, on one line."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(body, ast.ClassDef)
    found: dict[str, str] = {}
    for above, below in zip(body.body, body.body[1:], strict=False):
        is_text = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name) and is_text:
            found[above.target.id] = " ".join(str(below.value.value).split())  # type: ignore[attr-defined]
    return found


def _type(hint: Any) -> str:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(a for a in get_args(hint) if a is not type(None))
    if get_origin(hint) is Literal:
        return ", ".join(f"`{_visible(choice)}`" for choice in get_args(hint))
    if get_origin(hint) is tuple:
        return "list of texts"
    if dataclasses.is_dataclass(hint) or isinstance(get_origin(hint), type):
        return "mapping"
    return {str: "text", int: "whole number", float: "number", dt.timedelta: "length of time: 3d, 12h, 30m"}[hint]


def _default(each: dataclasses.Field[Any]) -> str:
    if each.default is dataclasses.MISSING:
        return "required" if each.default_factory is dataclasses.MISSING else "none"
    if each.default in (None, (), "", dt.timedelta(0)):
        return "none"
    return f"`{_visible(each.default)}`"


def _visible(value: object) -> str:
    return r"\t" if value == "\t" else str(value).replace("|", r"\|")


def _first_line(kind: type) -> str:
    return " ".join((inspect.getdoc(kind) or "").split())


def _table(columns: tuple[str, ...], rows: Any) -> str:
    return "\n".join(generate.table(columns, rows))
