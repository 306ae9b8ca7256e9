"""What a message says, in the words of no channel, and as text that fits into so many bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Item:
    """One alert, or one thing to know: its heading, what it is, records by example, and what to do."""

    level: str
    heading: str
    reason: str
    lines: Sequence[str] = ()
    remedy: str = ""
    note: str = ""
    link: str = ""


@dataclass(frozen=True)
class Content:
    """A message: title, what it is about, items from the gravest on. ``total`` counts items that are not among them, too."""

    title: str
    intro: str
    items: Sequence[Item]
    total: int
    footer: str = ""

    def kept(self) -> dict[str, Any]:
        """As it is kept in the database."""
        return asdict(self)


def content_of(kept: Mapping[str, Any]) -> Content:
    """A message as it was kept."""
    items = [Item(**{**item, "lines": tuple(item["lines"])}) for item in kept["items"]]
    return Content(**{**kept, "items": items})


def fitting(head: str, blocks: Sequence[str], total: int, limit: int) -> str:
    """Head and as many whole blocks as fit into ``limit`` bytes of UTF-8; what is left out is told: 「…共 N 条,见平台」.

    A block that does not fit is not cut; where not even the head fits, it is cut at a whole character.
    """
    more = f"\n…共 {total} 条,见平台"
    told = head
    for shown, block in enumerate(blocks, start=1):
        longer = f"{told}\n{block}"
        is_last = shown == len(blocks) and shown >= total
        if len((longer if is_last else longer + more).encode()) > limit:
            return cut(told, limit - len(more.encode())) + more
        told = longer
    return told if len(blocks) >= total else cut(told, limit - len(more.encode())) + more


def cut(text: str, limit: int) -> str:
    """The beginning of a text that fits into so many bytes of UTF-8, cut at a whole character."""
    return text.encode()[: max(0, limit)].decode(errors="ignore")


def markdown(content: Content, limit: int) -> str:
    """A message as the Markdown that robots show."""
    blocks = [_block(item) for item in content.items]
    if content.footer:
        blocks.append(content.footer)
    extra = 1 if content.footer else 0
    return fitting(f"### {content.title}\n{content.intro}\n", blocks, content.total + extra, limit)


def plain(content: Content, limit: int) -> str:
    """A message as text without marks."""
    blocks = [_block(item).replace("**", "") for item in content.items]
    if content.footer:
        blocks.append(content.footer)
    extra = 1 if content.footer else 0
    return fitting(content.intro, blocks, content.total + extra, limit)


def _block(item: Item) -> str:
    note = f"({item.note})" if item.note else ""
    parts = [f"**{item.heading}**{note}", item.reason]
    parts += [f"> {line}" for line in item.lines]
    if item.remedy:
        parts.append(f"处理:{item.remedy}")
    return "\n".join(parts) + "\n"
