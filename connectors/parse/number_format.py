"""Number formats: how a spreadsheet shows a number, as far as it can be told for certain.

A key is what the sheet shows (``NumberFormat.shown``), an amount is the number in the cell unless the format gives it
another meaning (``NumberFormat.meant``).
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from connectors.parse.format_tokens import Token, TokenKind, tokens

_HARMLESS = re.compile(r"人民币|RMB|CNY|元整|[¥￥元圆整人名个份件次家户起项台天日岁年月+]|\s", re.IGNORECASE)
"""Words beside a number that leave its meaning alone: yuan, and what is counted."""
_MINUS = re.compile(r"[-−()（）]")
_AROUND_TEXT = frozenset({"text", "literal", "slash", "pad", "fill", "colour"})
_SECTIONS = 4
Sign = Literal["+", "-", "0"]
_SAMPLES: dict[Sign, str] = {"+": "1", "-": "-1", "0": "0"}


@dataclass(frozen=True)
class Section:
    """One of up to four parts of a format, for positive, negative, zero, text, or by condition."""

    tokens: tuple[Token, ...]

    def has(self, *kinds: TokenKind) -> bool:
        """Whether it has a part of one of these kinds."""
        return any(token.kind in kinds for token in self.tokens)

    @property
    def literals(self) -> str:
        """All its literal characters."""
        return "".join(token.text for token in self.tokens if token.kind == "literal")

    @property
    def is_date(self) -> bool:
        """Whether it shows days or times: date parts, no spans such as [h], digits at most behind the point of seconds."""
        digits = "".join(token.text for token in self.tokens if token.kind in {"digit", "point"})
        return (
            self.has("date")
            and not self.has("elapsed")
            and not digits.removeprefix(".").strip("0")
            and digits[:1] in {"", "."}
        )

    def shown(self, plain: str) -> str | None:
        """A number without sign (plain decimal text) as it is shown; None where that cannot be told for certain."""
        if self.has("percent", "power", "text", "date", "elapsed", "numerals", "slash") or not _blank_fills(
            self.tokens
        ):
            return None
        if self.has("general"):
            is_alone = not self.has("digit") and [token.kind for token in self.tokens].count("general") == 1
            return self._around(plain) if is_alone else None
        if self.has("point") or "." in plain:
            return self._around(plain) if self._keeps_decimals(plain) else None
        if self.has("comma") and (len(plain) > len("999") or self._zeros > 1):
            return None
        return self._filled(plain)

    @property
    def _zeros(self) -> int:
        digits = "".join(token.text for token in self.tokens if token.kind == "digit")
        return len(digits) - digits.find("0") if "0" in digits else 0

    def _around(self, plain: str) -> str | None:
        """A number as it is between the literals, if none stands inside it."""
        inside = [i for i, token in enumerate(self.tokens) if token.kind in {"digit", "point", "comma", "general"}]
        before, after = self.tokens[: inside[0]], self.tokens[inside[-1] + 1 :]
        if any(token.kind == "literal" for token in self.tokens[inside[0] : inside[-1]]):
            return None
        return "".join([*map(_drawn, before), plain, *map(_drawn, after)]).strip()

    def _keeps_decimals(self, plain: str) -> bool:
        """Whether a number is shown as it is, digit for digit, by a format with a point."""
        whole, _, decimals = plain.partition(".")
        digits = "".join(token.text for token in self.tokens if token.kind in {"digit", "point"})
        left, point, right = digits.partition(".")
        if not (decimals and point) or self.has("comma"):
            return False
        least = len(right.rstrip("#?"))
        is_padded = len(left) - left.find("0") > len(whole) if "0" in left else whole == "0"
        return least <= len(decimals) <= len(right) and "?" not in digits and not is_padded

    def _filled(self, plain: str) -> str | None:
        """The digits of a whole number laid into the placeholders from the right; the first one takes all that remain."""
        places = [i for i, token in enumerate(self.tokens) if token.kind == "digit"]
        if not places:
            return None
        rest = "" if plain == "0" else plain
        filling: dict[int, str] = {}
        for i in reversed(places):
            count = len(rest) if i == places[0] else 1
            taken, rest = (rest[-count:], rest[:-count]) if count and rest else ("", rest)
            filling[i] = taken or {"0": "0", "?": " "}.get(self.tokens[i].text, "")
        if not "".join(filling.values()).strip():
            return None
        return "".join(filling.get(i, _drawn(token)) for i, token in enumerate(self.tokens)).strip()

    def alters(self, sign: Sign, *, is_own: bool) -> bool:
        """Whether a number means something else to who reads it: other unit, other sign, a form that is no number.

        ``is_own``: the section is for negative numbers alone, so that it has to show the sign itself.
        """
        if self.has("power", "text", "elapsed", "date", "slash") or self._scales or self._has_inner_literal:
            return True
        if any(token.kind == "fill" and token.text[1:].isdigit() for token in self.tokens):
            return True
        words = _HARMLESS.sub("", self.literals)
        if sign == "+":
            return bool(words)
        is_told = not is_own or bool(_MINUS.search(words)) or self.has("colour")
        return bool(_MINUS.sub("", words)) or (sign == "-" and not is_told)

    @property
    def _scales(self) -> bool:
        """Whether a comma behind the last digit divides by a thousand."""
        kinds = [token.kind for token in self.tokens if token.kind in {"digit", "point", "comma"}]
        before_point = kinds[: kinds.index("point")] if "point" in kinds else kinds
        return before_point[-1:] == ["comma"] or kinds[-1:] == ["comma"]

    @property
    def _has_inner_literal(self) -> bool:
        places = [i for i, token in enumerate(self.tokens) if token.kind in {"digit", "general"}]
        inner = self.tokens[places[0] : places[-1]] if places else ()
        return any(token.kind == "literal" and token.text.strip() for token in inner)


@dataclass(frozen=True, eq=False)
class NumberFormat:
    """A whole format. ``code`` is what the workbook says, for messages."""

    code: str
    sections: tuple[Section, ...]
    text_section: Section | None = None
    is_plain: bool = False
    """Whether it shows every number as it is."""
    is_date: bool = False
    """Whether it shows numbers as days or times."""
    has_conditions: bool = False

    def shown(self, plain: str) -> str | None:
        """What a person sees of a number; None where that cannot be told for certain, or nothing is to be seen."""
        if self.is_plain:
            return plain
        is_negative, magnitude = plain.startswith("-"), plain.removeprefix("-")
        if is_negative and self.has_conditions:
            return None
        seen = {self._signed(section, magnitude, is_negative) for section in self._candidates(plain)}
        return (seen.pop() or None) if len(seen) == 1 else None

    def _signed(self, section: Section, magnitude: str, is_negative: bool) -> str | None:
        text = section.shown(magnitude)
        if is_negative and self._is_own(section) and not _MINUS.search(section.literals):
            return None
        return f"-{text}" if text is not None and is_negative and not self._is_own(section) else text

    def meant(self, plain: str) -> str | None:
        """A number by its meaning: itself, or with ``%`` where the format is a percentage; None where it is another."""
        if self.is_plain:
            return plain
        sign: Sign = "-" if plain.startswith("-") else "0" if plain == "0" else "+"
        meaning = self._meanings(sign, plain if self.has_conditions else None)
        if meaning == "percentage":
            return f"{format((Decimal(plain) * 100).normalize(), 'f')}%"
        return plain if meaning == "number" else None

    @functools.cache  # noqa: B019 - a workbook has few formats, and its reader ends with it
    def _meanings(self, sign: Sign, plain: str | None) -> str | None:
        """What numbers of a sign are: number, percentage, or None; ``plain`` only where conditions decide."""
        found = {self._meaning(section, sign) for section in self._candidates(plain or _SAMPLES[sign])}
        return found.pop() if len(found) == 1 else None

    def _meaning(self, section: Section, sign: Sign) -> str | None:
        if not section.has("digit", "general"):
            is_nil = sign == "0" and not _MINUS.sub("", _HARMLESS.sub("", section.literals))
            return "number" if is_nil else None
        if section.alters(sign, is_own=self._is_own(section)):
            return None
        percents = sum(token.kind == "percent" for token in section.tokens)
        return ("number", "percentage", None)[min(percents, 2)]

    def _is_own(self, section: Section) -> bool:
        return len(self.sections) > 1 and section is self.sections[1] and not self.has_conditions

    def _candidates(self, plain: str) -> tuple[Section, ...]:
        """The section that shows a number; those that may, where conditions decide."""
        if self.has_conditions:
            first = next((token.text for token in self.sections[0].tokens if token.kind == "condition"), None)
            if first is None:
                return self.sections
            return self.sections[:1] if _holds(first, Decimal(plain)) else self.sections[1:] or self.sections
        if plain.startswith("-") and len(self.sections) > 1:
            return self.sections[1:2]
        if len(self.sections) > 2 and plain == "0":
            return self.sections[2:3]
        return self.sections[:1]

    def shown_text(self, text: str) -> str | None:
        """What a person sees of a text; None where nothing is to be seen or it cannot be told."""
        section = self.text_section
        if section is None:
            return text
        kinds = [token.kind for token in section.tokens]
        if kinds.count("text") != 1 or set(kinds) - _AROUND_TEXT or not _blank_fills(section.tokens):
            return None
        return "".join(text if token.kind == "text" else _drawn(token) for token in section.tokens).strip()

    @property
    def decorates_text(self) -> bool:
        """Whether texts are shown with something beside them, or not at all."""
        return self.shown_text("x") != "x"


@functools.cache
def compiled(code: str) -> NumberFormat:
    """A format from its code."""
    parts: list[list[Token]] = [[]]
    for token in tokens(code):
        if token.kind == "end":
            parts.append([])
        else:
            parts[-1].append(token)
    sections = [Section(tuple(part)) for part in parts[:_SECTIONS]]
    last = sections[-1]
    text_section = sections.pop() if len(sections) == _SECTIONS or last.has("text") else None
    sections = sections or [Section((Token("general", "General"),))]
    return NumberFormat(
        code,
        tuple(sections),
        text_section,
        is_plain=len(sections) == 1 and _is_plain(sections[0]),
        is_date=sections[0].is_date,
        has_conditions=any(section.has("condition") for section in sections),
    )


def _is_plain(section: Section) -> bool:
    kinds = [token.kind for token in section.tokens if token.kind not in {"colour", "pad"}]
    return not kinds or kinds == ["general"]


def _holds(condition: str, value: Decimal) -> bool:
    """Whether a number meets a condition such as ``>=100``; one that is no comparison is met by none."""
    found = re.fullmatch(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)", condition)
    if found is None:
        return False
    bound, sign = Decimal(found[2]), found[1]
    return (value < bound and "<" in sign) or (value > bound and ">" in sign) or (value == bound and "=" in sign)


def _drawn(token: Token) -> str:
    """What a part that holds no digits adds to what is seen."""
    if token.kind in {"literal", "slash"}:
        return token.text
    return " " if token.kind in {"pad", "fill"} else ""


def _blank_fills(tokens: tuple[Token, ...]) -> bool:
    """Whether the cell is filled up with blanks at most."""
    return all(not token.text[1:].strip() for token in tokens if token.kind == "fill")


GENERAL = compiled("General")
