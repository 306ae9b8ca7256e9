"""The two events of a load, in the classes of OpenLineage: START and, with what came of it, COMPLETE or FAIL.

Inputs are the receipt, which what was found speaks of (a finding is of a whole delivery, whatever its parts), and the landed
parts by their SHA-256; the output is the table in core. No value of a row is in them.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import pathlib
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import RunFacet
from openlineage.client.generated import (
    data_quality_assertions_dataset as assertions,
)
from openlineage.client.generated import (
    data_quality_metrics_input_dataset as metrics,
)
from openlineage.client.generated import (
    dataset_version_dataset,
    error_message_run,
    input_statistics_input_dataset,
    job_type_job,
    output_statistics_output_dataset,
    tags_run,
)

from schemas.errors import HubError
from schemas.province import province
from warehouse.landing import manifests
from warehouse.landing.batches import BatchView, FindingCount, ReceivedPart
from warehouse.landing.load_report import Versions
from warehouse.landing.store import BUCKET

PRODUCER = f"urn:anze-hub:{importlib.metadata.version('anze-hub')}"
SEVERITIES = {"error": "error", "warning": "warn"}


@dataclass(frozen=True)
class Ended:
    """How a load ended: which versions judged it, or what stopped it; ``namespace``: of jobs, as collectors group them."""

    run_id: str
    began_at: dt.datetime
    ended_at: dt.datetime
    namespace: str | None
    versions: Versions | None = None
    fault: HubError | None = None


def events(view: BatchView, ended: Ended, landing: str, database: sa.URL) -> list[RunEvent]:
    """The events of one load; ``view`` is its batch as it stands after the load."""
    receipt = view.receipt
    job = Job(
        ended.namespace or f"anze-hub.{province().code}",
        f"anze.load.{receipt.insurer_id}.{receipt.record_type}",
        {"jobType": job_type_job.JobTypeJobFacet("BATCH", "ANZE_HUB", "LOAD", producer=PRODUCER)},
    )
    inputs, output = _inputs(view, landing), _output(view, database)
    began = RunEvent(
        eventTime=ended.began_at.isoformat(), eventType=RunState.START, run=Run(ended.run_id), job=job, producer=PRODUCER,
        inputs=[InputDataset(each.namespace, each.name) for each in inputs],
        outputs=[OutputDataset(output.namespace, output.name)],
    )  # fmt: skip
    state = RunState.FAIL if ended.fault else RunState.COMPLETE
    over = RunEvent(
        eventTime=ended.ended_at.isoformat(), eventType=state, run=_run(view, ended), job=job, producer=PRODUCER,
        inputs=began.inputs if ended.fault else inputs, outputs=began.outputs if ended.fault else [output],
    )  # fmt: skip
    return [began, over]


def _run(view: BatchView, ended: Ended) -> Run:
    told = {"batch_id": view.receipt.batch_id, "channel": view.receipt.channel, "state": view.receipt.state}
    told["received_at"] = view.receipt.received_at.isoformat()
    if ended.versions:
        told |= {name: version for name, version in vars(ended.versions).items() if version}
    tags = [tags_run.TagsRunFacetFields(name, str(value), "ANZE_HUB") for name, value in told.items()]
    facets: dict[str, RunFacet] = {"tags": tags_run.TagsRunFacet(tags, producer=PRODUCER)}
    if ended.fault:
        words = f"{type(ended.fault).__name__}: {ended.fault}"
        facets["errorMessage"] = error_message_run.ErrorMessageRunFacet(words, "python", producer=PRODUCER)
    return Run(ended.run_id, facets)


def _inputs(view: BatchView, landing: str) -> list[InputDataset]:
    receipt = view.receipt
    named = manifests.name_of(receipt.batch_id)
    found = {
        "dataQualityMetrics": metrics.DataQualityMetricsInputDatasetFacet(
            {}, receipt.received_count, sum(part.size_bytes for part in view.files), len(view.files), producer=PRODUCER
        ),
        "dataQualityAssertions": assertions.DataQualityAssertionsDatasetFacet(
            [_assertion(each) for each in view.findings], producer=PRODUCER
        ),
    }
    return [
        InputDataset(*_landed(landing, named), inputFacets=found),
        *(_part(landing, part) for part in view.files),
    ]


def _part(landing: str, part: ReceivedPart) -> InputDataset:
    size = input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
        size=part.size_bytes, fileCount=1, producer=PRODUCER
    )
    version = dataset_version_dataset.DatasetVersionDatasetFacet(part.sha256, producer=PRODUCER)
    name = f"{part.sha256[:2]}/{part.sha256[2:4]}/{part.sha256}"
    return InputDataset(*_landed(landing, name), facets={"version": version}, inputFacets={"inputStatistics": size})


def _assertion(found: FindingCount) -> assertions.Assertion:
    """A rule that found something; of its words only what stands in the catalogue."""
    return assertions.Assertion(
        assertion=found.rule_id, success=False, column=found.first_field, severity=SEVERITIES[found.severity],
        name=found.rule_id, description=found.title, expected="0", actual=str(found.finding_count),
    )  # fmt: skip


def _output(view: BatchView, database: sa.URL) -> OutputDataset:
    written = output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(
        rowCount=view.receipt.accepted_count or 0, producer=PRODUCER
    )
    return OutputDataset(
        f"postgres://{_server(database)}",
        f"{database.database}.core.{view.receipt.record_type}",
        outputFacets={"outputStatistics": written},
    )


def _server(database: sa.URL) -> str:
    """The server that an address names first: one name, whichever of several is the primary today."""
    named = database.query.get("host", "localhost")
    host = database.host or (named if isinstance(named, str) else named[0])
    return host if ":" in host else f"{host}:{database.port or 5432}"


def _landed(landing: str, name: str) -> tuple[str, str]:
    """Namespace and name of something in the landing store, as OpenLineage names files and objects."""
    if landing.startswith(BUCKET):
        address = urlsplit(landing)
        return f"{BUCKET}{address.netloc}", f"{address.path.strip('/')}/{name}".lstrip("/")
    return f"file://{socket.gethostname()}", str(pathlib.Path(landing).resolve() / name)
