"""What the catalogue of rules says of observations and refusals, for tests of what a person reads."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.mapping import Mapped
from quality.catalogue import load_rules
from quality.messages import refusal_text, telling
from schemas.contract import Contract, load_contract
from schemas.errors import TellInsurer
from schemas.findings import Finding, Note

POLICY = load_contract("policy")


def findings_of(mapped: Mapped, contract: Contract = POLICY) -> list[Finding]:
    """What the mapping observed, told."""
    return list(map(telling(load_rules().by_id, contract), mapped.observed))


def notes_of(mapped: Iterable[Mapped], contract: Contract = POLICY) -> list[Note]:
    """What was read otherwise than written in some chunks, told."""
    tell = telling(load_rules().by_id, contract)
    return [Note.of(tell(first), count) for chunk in mapped for first, count in chunk.notes]


def words(refusal: TellInsurer) -> str:
    """The first reason of a refusal, without its place."""
    return refusal_text(load_rules().by_id, refusal)
