"""What a person sees in a cell, by its number format: the rules of docs/reading-workbooks.md, written a second time."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

_NO_WORDS = re.compile(r'"[^"]*"?|[\\!_*].|\[[^\]]*\]', re.IGNORECASE)
_OTHER_BRACKETS = re.compile(r"\[(?!\$|[A-Z]{3,7}\]|color|颜色|[黑蓝青绿洋红白黄])", re.IGNORECASE)
_SPAN = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)


def beside(code: str, text: str) -> str:
    """A text with what its format writes around it, where it writes words and nothing else."""
    form = _split(code, ";")[:4][-1]
    bare = _NO_WORDS.sub("", form)
    is_more = re.search("[0#?.,%*ymdhsgeb]|aaa|general", bare.lower()) or re.search(r"\*[^ ]", form)
    if bare.count("@") != 1 or is_more or _OTHER_BRACKETS.search(form):
        return text
    before, after = map(_words, _split(form, "@"))
    return f"{before}{text}{after}".strip()


def _split(code: str, mark: str) -> list[str]:
    """A format cut at a mark that stands for itself."""
    parts = [""]
    for found in re.finditer(r'"[^"]*"?|[\\!_*].|\[[^\]]*\]|.', code):
        if found[0] == mark:
            parts.append("")
        else:
            parts[-1] += found[0]
    return parts


def _words(part: str) -> str:
    """The letters of a part of a format that holds no digits."""
    part = re.sub(
        r"\[\$([^-\]]*)[^\]]*\]|\[[^\]]*\]|[_*].", lambda found: found[1] or " " * (found[0][0] in "_*"), part
    )
    return re.sub(r'"([^"]*)"|[\\!](.)', lambda found: found[1] if found[1] is not None else found[2], part)


def number(text: str, code: str, kind: str, is_1904: bool) -> str:
    value = float(text)
    plain = format(Decimal(format(value, ".15g")), "f")
    plain = "0" if not Decimal(plain) else plain
    bare = _NO_WORDS.sub("", code)
    if _is_date(bare.split(";")[0]) and not _SPAN.search(code):
        return _day(value, is_1904)
    if kind == "ratio" and "%" in bare:
        return f"{(Decimal(plain) * 100).normalize():f}%"
    return plain if kind in {"number", "ratio"} or code in {"@", ""} else _seen(code, plain)


def _is_date(bare: str) -> bool:
    """Whether the first section of a format, without its words, shows days or times."""
    digits = re.sub("[^0#?.]", "", bare)
    is_marked = re.search(
        "[ymdhsgeb]|aaa", re.sub("general|g/通用格式", "", bare.lower()).replace("e+", "").replace("e-", "")
    )
    return is_marked is not None and (not digits or re.fullmatch(r"\.0*", digits) is not None)


def _day(days: float, is_1904: bool) -> str:
    first = dt.datetime(1904, 1, 1) if is_1904 else dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a local time
    if not is_1904 and 1 <= days < 60:
        first += dt.timedelta(days=1)
    moment = first + dt.timedelta(days=days)
    second = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    moment = second if abs(second - moment) <= dt.timedelta(milliseconds=1) else moment
    return moment.time().isoformat() if days < 1 else iso(moment)


def iso(moment: dt.datetime) -> str:
    return moment.date().isoformat() if moment.time() == dt.time(0) and not moment.tzinfo else moment.isoformat()


def _seen(code: str, plain: str) -> str:
    """A number as its format shows it where that is certain; else the number itself (a key's row is held then)."""
    sections = _sections(code)
    is_negative = plain.startswith("-")
    if any(map(_CONDITION.search, sections)):
        first = _CONDITION.search(sections[0])
        is_met = first is not None and _holds(first, Decimal(plain))
        forms = sections[:1] if is_met else sections if first is None else sections[1:] or sections
        if is_negative:
            return plain
    elif is_negative:
        forms = sections[1:2] or sections
    else:
        forms = sections[2:3] if plain == "0" and len(sections) > len("+-") else sections[:1]
    shown = {_laid_out(form, plain.removeprefix("-")) for form in forms}
    seen = shown.pop() if len(shown) == 1 else None
    if seen and is_negative and len(sections) > 1:
        return seen if re.search("[-−(（)）]", _words(forms[0])) else plain
    return ("-" if is_negative else "") + seen if seen else plain


def _sections(code: str) -> list[str]:
    """The sections for numbers."""
    parts = _split(code, ";")[:4]
    is_last_text = len(parts) == len("+-0@") or "@" in _NO_WORDS.sub("", parts[-1])
    return (parts[:-1] if is_last_text else parts) or ["General"]


def _holds(condition: re.Match[str], value: Decimal) -> bool:
    sign, bound = condition[1], Decimal(condition[2])
    return (value < bound and "<" in sign) or (value > bound and ">" in sign) or (value == bound and "=" in sign)


_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)\]")
_TOKENS = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|\[\$(?P<symbol>[^-\]]*)[^\]]*\]|(?P<hidden>\[[^\]]*\]|_.|\* )'
    r"|(?P<general>General|G/通用格式)|(?P<place>[0#?])|(?P<other>.)",
    re.IGNORECASE,
)
Token = tuple[str, str]


def _is_more(token: Token) -> bool:
    """Whether a part of a format does more than to lay out digits."""
    return token[0] == "other" and (token[1] in ".%/@*" or token[1].lower() in "ymdhsgeb")


def _laid_out(form: str, digits: str) -> str | None:
    """A number in a format's places, from the right; None for a format that does more, or leaves a doubt."""
    if re.search(r"\[(?:dbnum|natnum)", form, re.IGNORECASE) or _SPAN.search(form):
        return None
    tokens = [(str(found.lastgroup), str(found[found.lastgroup or 0])) for found in _TOKENS.finditer(form)]
    kinds = [kind for kind, _ in tokens]
    if any(map(_is_more, tokens)) or ("." in digits and "general" not in kinds):
        return _decimal(tokens, digits)
    if "general" in kinds:
        at = [i for i, kind in enumerate(kinds) if kind == "general"]
        is_whole = "place" not in kinds and len(at) == 1
        return "".join(digits if k == "general" else _drawn(k, t) for k, t in tokens).strip() if is_whole else None
    if ("other", ",") in tokens:
        written = "".join(text for kind, text in tokens if kind == "place")
        if len(digits) > len("999") or (written.find("0") >= 0 and len(written) - written.find("0") > 1):
            return None
        tokens = [token for token in tokens if token != ("other", ",")]
    is_drawn = digits != "0" or ("place", "0") in tokens
    return _filled(tokens, digits) if "place" in kinds and is_drawn else None


def _filled(tokens: list[Token], digits: str) -> str:
    places = sum(kind == "place" for kind, _ in tokens)
    rest = list("" if digits == "0" else digits)
    made: list[str] = []
    for kind, text in reversed(tokens):
        if kind == "place":
            places -= 1
            taken = rest.pop() if rest else {"0": "0", "?": " "}.get(text, "")
            made.append("".join(rest) + taken if not places else taken)
        else:
            made.append(_drawn(kind, text))
    return "".join(reversed(made)).strip()


def _decimal(tokens: list[Token], digits: str) -> str | None:
    """A number with decimals that its format shows digit for digit, with nothing written inside it."""
    at = [i for i, (kind, text) in enumerate(tokens) if kind == "place" or (kind, text) == ("other", ".")]
    inner = "".join(text for _, text in tokens[at[0] : at[-1] + 1]) if at else ""
    outer = [token for i, token in enumerate(tokens) if at and not at[0] <= i <= at[-1]]
    whole, _, decimals = digits.partition(".")
    form = re.fullmatch(r"(#*)(0*)\.(0*)(#*)", inner)
    if form is None or not decimals or any(map(_is_more, outer)) or ("other", ",") in tokens:
        return None
    is_padded = len(form[2]) > len(whole) if form[2] else whole == "0"
    if is_padded or not len(form[3]) <= len(decimals) <= len(form[3]) + len(form[4]):
        return None
    before, after = ("".join(_drawn(*token) for token in part) for part in (tokens[: at[0]], tokens[at[-1] + 1 :]))
    return f"{before}{digits}{after}".strip()


def _drawn(kind: str, text: str) -> str:
    return " " if kind == "hidden" and text[0] in "_*" else "" if kind == "hidden" else text
