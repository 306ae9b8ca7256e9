"""Cells that were not filled in but hold a word that says so, or says nothing: null, 无, a stroke."""

from __future__ import annotations

import functools

import pyarrow as pa
import pyarrow.compute as pc

from quality.damage import is_name
from schemas.code_lists import fold, load_code_list
from schemas.column_bytes import contents
from schemas.contract import Field
from schemas.placeholders import placeholders, plain

#: First bytes of full-width letters and signs in UTF-8.
_FULL_WIDTH = (b"\xef\xbc", b"\xef\xbd")


def meaningless(field: Field, text: pa.Array) -> pa.Array | None:
    """Which cells of a column hold such a word and nothing else; None where no cell does, or the field may say so."""
    words, longest = _words(field)
    if not len(words) or text.null_count == len(text):
        return None
    is_short = pc.fill_null(pc.less_equal(pc.binary_length(text), longest), False)
    found: set[str] = set()
    if pc.any(is_short).as_py():
        short = pc.unique(text.filter(is_short))
        found.update(short.filter(pc.is_in(pc.utf8_lower(short), words)).to_pylist())
    content = contents(text)
    if not content.isascii() and any(lead in content for lead in _FULL_WIDTH):
        wide = pc.unique(text.filter(pc.fill_null(pc.match_substring_regex(text, f"^[！-～]{{1,{longest}}}$"), False)))
        found.update(each for each in wide.to_pylist() if plain(each) in words.to_pylist())
    return pc.fill_null(pc.is_in(text, pa.array(sorted(found), pa.string())), False) if found else None


@functools.cache
def _words(field: Field) -> tuple[pa.Array, int]:
    """The words that say nothing in a field, and the length of the longest in bytes."""
    if is_name(field):
        words = placeholders("name")
    elif field.kind in ("identifier", "code"):
        words = placeholders("every")
    else:
        words = frozenset()
    if field.code_list is not None:
        entries = load_code_list(field.code_list).entries
        words -= {fold(form).lower() for entry in entries for form in entry.written_forms}
    return pa.array(sorted(words), pa.string()), max((len(word.encode()) for word in words), default=0)
