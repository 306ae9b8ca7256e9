"""The parts of a number format's code, and the formats that workbooks use by number.

Source: ECMA-376 part 1, 18.8.30 and 18.8.31.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, cast

#: Formats that a workbook uses by number without writing them down, as a Chinese program shows them.
BUILT_IN: dict[str, str] = {
    "1": "0", "2": "0.00", "3": "#,##0", "4": "#,##0.00",
    **dict.fromkeys(("5", "6"), '"¥"#,##0;"¥"-#,##0'), **dict.fromkeys(("7", "8"), '"¥"#,##0.00;"¥"-#,##0.00'),
    "9": "0%", "10": "0.00%", "11": "0.00E+00", "12": "# ?/?", "13": "# ??/??",
    **dict.fromkeys(("14", "15", "16", "17", "22"), "yyyy-mm-dd"), **dict.fromkeys(("18", "19", "20", "21"), "h:mm:ss"),
    **dict.fromkeys(("27", "28", "29", "30", "31", "36"), "yyyy-mm-dd"),
    **dict.fromkeys(("32", "33", "34", "35"), "h:mm:ss"), "45": "mm:ss", "46": "[h]:mm:ss", "47": "mm:ss.0",
    **dict.fromkeys(("37", "38"), "#,##0;-#,##0"), **dict.fromkeys(("39", "40"), "#,##0.00;-#,##0.00"),
    **dict.fromkeys(("41", "42"), '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ '),
    **dict.fromkeys(("43", "44"), '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '),
    "48": "##0.0E+0", "49": "@", **{str(number): "yyyy-mm-dd" for number in range(50, 59)},
}  # fmt: skip

TokenKind = Literal[
    "literal", "digit", "point", "comma", "percent", "power", "text", "general", "pad", "fill", "date", "elapsed",
    "colour", "condition", "numerals", "slash", "end",
]  # fmt: skip


class Token(NamedTuple):
    """One part of a format: what it is, and its characters."""

    kind: TokenKind
    text: str


_PARTS = re.compile(
    r"""(?P<quoted>"[^"]*"?) | [\\!](?P<escaped>.) | (?P<pad>_.) | (?P<fill>\*.) | \[(?P<bracket>[^\]]*)\]
    | (?P<general>General|G/通用格式) | (?P<power>E[+-]) | (?P<date>AM/PM|A/P|上午/下午|[ymdhsgeb]+|a{3,4})
    | (?P<digit>[0\#?]) | (?P<point>\.) | (?P<comma>,) | (?P<percent>%) | (?P<text>@) | (?P<slash>/) | (?P<end>;) | (?P<other>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COLOURS = re.compile(
    r"black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|[黑蓝青绿洋红白黄]+色?|颜色 ?\d+", re.IGNORECASE
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=).*")
_ELAPSED = re.compile(r"h+|m+|s+", re.IGNORECASE)
_SYMBOL = re.compile(r"\$([^-]*)(-.*)?")


def tokens(code: str) -> list[Token]:
    return [_token(found) for found in _PARTS.finditer(code)]


def _token(found: re.Match[str]) -> Token:
    name, text = str(found.lastgroup), str(found[found.lastgroup or 0])
    if name == "quoted":
        return Token("literal", text.strip('"'))
    if name in {"escaped", "other"}:
        return Token("literal", text)
    if name == "bracket":
        return _in_brackets(text)
    return Token(cast("TokenKind", name), text)


def _in_brackets(text: str) -> Token:
    if _ELAPSED.fullmatch(text):
        return Token("elapsed", text)
    if _CONDITION.fullmatch(text):
        return Token("condition", text)
    if symbol := _SYMBOL.fullmatch(text):
        return Token("literal", symbol[1])
    return Token("colour" if _COLOURS.fullmatch(text) else "numerals", text)
