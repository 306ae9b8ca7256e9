"""The Link header of RFC 8288, in all the ways in which it may be written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.fetch.links import following, links

HERE = "https://x.example/api/policies?page=1"
NEXT = "https://x.example/api/policies?page=2"


@pytest.mark.parametrize(
    "header",
    [
        f'<{NEXT}>; rel="next"',
        f"<{NEXT}>; rel=next",
        f"<{NEXT}>;rel=next",
        f'<{NEXT}> ; REL = "NEXT"',
        f'<{NEXT}>; rel="self next"',
        f'<{NEXT}>; rel="prefetch  NEXT last"',
        f'<{NEXT}>; title="a, b; rel=prev"; rel="next"',
        f'<{NEXT}>; title="say \\"next\\""; rel="next"',
        f"<{NEXT}>; rel=next; rel=prev",
        f'<{NEXT}>; rel="next"; anchor="{HERE}"',
        f'<{NEXT}>; rel="next"; anchor=""',
        f'</prev>; rel="prev", <{NEXT}>; rel="next", </last>; rel="last"',
        f'<{NEXT}>; crossorigin; rel="next"',
        f"<{NEXT}>; title*=UTF-8''%e2%82%ac; rel=next",
        f'garbage, <{NEXT}>; rel="next"',
        f',, <{NEXT}>; rel="next",',
        f'<{NEXT}>; rel="next" , ',
        f'<{NEXT}>; ; rel="next"',
    ],
)
def test_the_next_page_is_found_however_it_is_written(header: str) -> None:
    assert following(header, HERE) == NEXT


@pytest.mark.parametrize(
    "header",
    [
        "",
        f'<{NEXT}>; rel="prev"',
        f'<{NEXT}>; rel="nextish"',
        f'<{NEXT}>; rel="prev"; rel="next"',
        f"<{NEXT}>; rev=next",
        f'<{NEXT}>; title="rel=next"',
        f'<{NEXT}>; rel="next"; anchor="#part"',
        f'<{NEXT}>; rel="next"; anchor="https://x.example/api/claims"',
        f"{NEXT}; rel=next",
        f'"<{NEXT}>; rel=next"',
        f"<{NEXT}",
    ],
)
def test_what_is_not_the_next_page_of_this_answer_is_not_followed(header: str) -> None:
    assert following(header, HERE) is None


def test_a_comma_in_an_address_does_not_cut_it() -> None:
    assert following('<https://x.example/p?ids=1,2,3;v=2>; rel="next"', HERE) == "https://x.example/p?ids=1,2,3;v=2"


NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=8).filter(lambda name: name != "rel")
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
TARGETS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>"), min_size=1, max_size=20)
LINK = st.tuples(TARGETS, st.dictionaries(NAMES, VALUES, max_size=4))


def written(link: tuple[str, dict[str, str]]) -> str:
    escaped = {name: value.replace("\\", "\\\\").replace('"', '\\"') for name, value in link[1].items()}
    return f"<{link[0]}>" + "".join(f'; {name}="{value}"' for name, value in escaped.items())


@settings(deadline=None)
@given(st.lists(LINK, max_size=4))
def test_what_is_written_by_the_rules_is_read_as_it_was_meant(meant: list[tuple[str, dict[str, str]]]) -> None:
    assert list(links(", ".join(map(written, meant)))) == meant


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_ends_in_some_links_and_no_fault(header: str) -> None:
    following(header, HERE)
