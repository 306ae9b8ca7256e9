"""Judgements of the past: what judged a load, read from the editions that are kept beside the log of loads."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.definition import definition_of
from connectors.model import InsurerDefinition
from pipeline.hub import Hub
from pipeline.judging.judge import Judgement
from quality.catalogue import RuleSet, rules_of
from warehouse.history.replays import LoggedLoad
from warehouse.landing import batches, editions


@dataclass(frozen=True)
class EditionCache:
    """Editions of definitions and rules; each rule set is read once."""

    hub: Hub
    rules: dict[str, RuleSet] = field(default_factory=dict)

    def judgement(self, load: LoggedLoad) -> Judgement:
        """What judged a load. Raises SetupError, DefinitionError."""
        return Judgement(self._definition(load), self._rules(load.ruleset_version), load.calendar_version)

    def last_definition(self, batch_id: int, insurer_id: str) -> InsurerDefinition | None:
        """The definition that a batch was read by last; None before its first load. Raises SetupError, DefinitionError."""
        digest = batches.last_definition(self.hub.engine, batch_id)
        if not digest:
            return None
        return definition_of(
            insurer_id, editions.read(self.hub.engine, "definition", digest), self.hub.settings.environ
        )

    def _rules(self, version: str) -> RuleSet:
        if version not in self.rules:
            self.rules[version] = rules_of(editions.read(self.hub.engine, "ruleset", version))
        return self.rules[version]

    def _definition(self, load: LoggedLoad) -> InsurerDefinition:
        texts = editions.read(self.hub.engine, "definition", load.definition_digest)
        return definition_of(load.insurer_id, texts, self.hub.settings.environ)
