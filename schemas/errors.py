"""Program faults, by what the caller should do. Data faults are findings, never exceptions.

HubError
├── RetryLater            try again, nothing is wrong with the definition
│   ├── SourceUnavailable
│   ├── RateLimited
│   ├── IncompleteFetch
│   ├── FileChanging
│   ├── WarehouseBusy
│   ├── InstallationBusy
│   ├── ReceiverUnavailable
│   ├── LandingUnreachable
│   ├── OtherRelease
│   └── WarehouseUnreachable
├── StopFeed              a person must act, a retry cannot help
│   ├── DefinitionError
│   ├── AuthRefused
│   │   └── ConnectionMissing
│   ├── SchemaDrift
│   ├── LandingDamaged
│   ├── ProgramFault
│   ├── NothingToDecide
│   ├── ReceiverRefuses
│   ├── KeyUsedOtherwise
│   └── NotFound
├── TellInsurer           the delivery cannot be read; the receipt says why
│   ├── UnreadableFile
│   ├── WrongEncoding
│   └── EmptyFile
└── SetupError            the installation is not ready (no database, full disk), or what is asked makes no sense
    ├── LandingMissing
    └── ReceiptsUnknown
"""

from __future__ import annotations


class HubError(Exception):
    """Base of all program faults; ``str()`` of it is one clear line for a person."""


class RetryLater(HubError):
    """Raised when the same call may succeed later; ``after_seconds`` is the source's own wish, if it gave one."""

    def __init__(self, message: str, after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.after_seconds = after_seconds


class SourceUnavailable(RetryLater):
    """Raised when an insurer's system cannot be reached or answers 5xx, from connectors.fetch."""


class RateLimited(RetryLater):
    """Raised when an insurer's system keeps answering 429 past our patience, from connectors.fetch."""


class IncompleteFetch(RetryLater):
    """Raised when a fetch cannot prove that it is complete, from connectors.fetch; nothing lands."""


class FileChanging(RetryLater):
    """Raised when a file changes while it is read, from warehouse.landing.store: somebody still writes it; nothing lands."""


class WarehouseBusy(RetryLater):
    """Raised when another writer holds the feed's lease, or the database asks for a retry, from warehouse."""


class InstallationBusy(RetryLater):
    """Raised when another command starts or runs this installation, from pipeline.services.alone; nothing was changed."""


class ReceiverUnavailable(RetryLater):
    """Raised when a receiver of messages does not answer, or asks to be tried later, from pipeline.alerting."""


class LandingUnreachable(RetryLater):
    """Raised when the landing bucket does not answer, or answers 5xx, from warehouse.landing; a full one does so, too."""


class OtherRelease(RetryLater):
    """Raised when another release than this program's is in force, from warehouse.database: a worker of that one does the work."""


class WarehouseUnreachable(RetryLater):
    """Raised when no database server answers, or it leaves in the middle, from warehouse.database.engine."""


class StopFeed(HubError):
    """Raised when only a person can help."""


class DefinitionError(StopFeed):
    """Raised when a contract, insurer, rule or indicator file has a mistake, from its loader, before anything runs.

    ``also`` are the other mistakes found in the same go; ``str()`` tells each on a line of its own.
    """

    def __init__(self, file: str, key: str, problem: str, line: int | None = None, fix: str | None = None) -> None:
        where = f"{file}:{line}" if line is not None else file
        super().__init__(f"{where}: {key}: {problem}" + (f"; fix: {fix}" if fix else ""))
        self.file, self.key, self.problem, self.line, self.fix = file, key, problem, line, fix
        self.also: tuple[DefinitionError, ...] = ()

    @property
    def all(self) -> tuple[DefinitionError, ...]:
        """Every mistake that was found, this one first."""
        return (self, *self.also)

    @property
    def sentence(self) -> str:
        """This mistake alone, without the others."""
        return Exception.__str__(self)

    @property
    def place(self) -> tuple[str, int | None, str]:
        """File, line and key: two mistakes of one place are told as one."""
        return self.file, self.line, self.key

    def __str__(self) -> str:
        return "\n".join(each.sentence for each in self.all)


class AuthRefused(StopFeed):
    """Raised when an insurer's system refuses our credentials, or they are missing, from connectors.fetch."""


class ConnectionMissing(AuthRefused):
    """Raised when Airflow has no connection for an insurer, from pipeline.scheduling.oncall; its text says how to make it."""


class SchemaDrift(StopFeed):
    """Raised when a source no longer has the shape that its definition names, from connectors."""


class LandingDamaged(StopFeed):
    """Raised when landed bytes no longer match their digest, from warehouse.landing: somebody or something changed them."""


class ProgramFault(StopFeed):
    """Raised when judging a batch ends in a fault of our own, from pipeline.steps; the first cause is its ``__cause__``."""


class NothingToDecide(StopFeed):
    """Raised when a batch does not await a decision, or was decided before, from warehouse.landing.decisions."""


class KeyUsedOtherwise(StopFeed):
    """Raised when an Idempotency-Key comes again with another request, from warehouse.landing.receipts; nothing lands."""


class ReceiverRefuses(StopFeed):
    """Raised when a receiver of messages refuses one for good, from pipeline.alerting: the message is given up, visibly."""


class NotFound(StopFeed):
    """Raised when somebody names a batch, plan or profile that is not there, from warehouse."""


class TellInsurer(HubError):
    """Raised when a delivery cannot be read at all: the rule's ``code``, the place in the file, and what stands there.

    What a person reads of it stands in the catalogue of rules. ``others``: what else is wrong with it, told in one go.
    ``columns``: the names in its header, when it was found.
    """

    def __init__(self, code: str, where: str = "", found: str = "") -> None:
        super().__init__(" ".join(part for part in (code, where, found) if part))
        self.code, self.where, self.found = code, where, found
        self.others: tuple[TellInsurer, ...] = ()
        self.columns: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[TellInsurer, ...]:
        """This reason, and what else is wrong."""
        return (self, *self.others)


class UnreadableFile(TellInsurer):
    """Raised when the bytes are not a well-formed CSV, XLSX or JSON delivery, from connectors.parse."""


class WrongEncoding(TellInsurer):
    """Raised when text is neither UTF-8 nor GB18030 as declared, from connectors.parse."""


class EmptyFile(TellInsurer):
    """Raised when a file holds no header and no rows, from connectors.parse."""


class SetupError(HubError):
    """Raised when the installation is not ready, or what a person asks makes no sense, from pipeline and warehouse."""


class LandingMissing(SetupError):
    """Raised when landed bytes are not where this installation looks for them, from warehouse.landing: no proof that they are lost."""


class ReceiptsUnknown(SetupError):
    """Raised when the landing store holds receipts that the database does not know, from warehouse.landing; nothing lands."""
