"""An answer's bytes, read so that a cut one is noticed, and its JSON, read so that nothing is guessed."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from typing import Any, NoReturn

_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class DamagedBody(Exception):
    """Raised when an answer's body is cut, too large, or no strict JSON; the same request may succeed again."""


class Number(str):
    """A JSON number as its literal text."""

    __slots__ = ()


def read_body(chunks: Iterable[bytes], content_encoding: str, limit: int) -> bytes:
    """The whole body, unpacked. Raises DamagedBody when it is over ``limit`` bytes or its gzip stream is cut."""
    if content_encoding in ("", "identity"):
        return _joined(chunks, limit)
    if content_encoding != "gzip":
        raise DamagedBody(f"content encoding {content_encoding!r} was not asked for")
    return _gunzipped(chunks, limit)


def _joined(chunks: Iterable[bytes], limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise DamagedBody(f"body is over {limit} bytes")
    return bytes(body)


def _gunzipped(chunks: Iterable[bytes], limit: int) -> bytes:
    stream, body = zlib.decompressobj(_GZIP_WINDOW), bytearray()
    try:
        for chunk in chunks:
            body += stream.decompress(chunk, limit + 1 - len(body))
            if len(body) > limit:
                raise DamagedBody(f"body is over {limit} bytes")
    except zlib.error as error:
        raise DamagedBody("gzip stream is damaged") from error
    if not stream.eof or stream.unused_data:
        raise DamagedBody("gzip stream is cut")
    return bytes(body)


def parse_json(body: bytes, encoding: str) -> Any:
    """The body's JSON with numbers as Number, without a byte order mark.

    Raises DamagedBody for NaN, duplicate keys, deep nesting, half a character, wrong encoding.
    """
    try:
        text = body.decode(encoding).removeprefix("\ufeff")
        document = json.loads(
            text,
            parse_int=Number,
            parse_float=Number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_unique,
        )
        if "\\u" in text:
            canonical(document).encode()
    except UnicodeDecodeError as error:
        raise DamagedBody(f"body is not {encoding} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise DamagedBody(f"body is no JSON: {error.msg} at character {error.pos}") from None
    except RecursionError:
        raise DamagedBody("body is nested too deeply") from None
    except UnicodeEncodeError:
        raise DamagedBody("body holds half a character, which JSON can write and text cannot hold") from None
    return document


def canonical(value: Any) -> str:
    """Compact JSON with sorted keys and numbers as they were written: what a checksum over items is taken of."""
    if isinstance(value, dict):
        pairs = (f"{canonical(str(key))}:{canonical(value[key])}" for key in sorted(value))
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return str(value) if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def dig(document: Any, path: str) -> Any:
    """The value at a dotted path, or None when any step is absent; an empty path is the document itself."""
    for step in filter(None, path.split(".")):
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise DamagedBody(f"body holds {name}, which is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DamagedBody("body holds an object with the same key twice")
    return found
