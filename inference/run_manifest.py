"""What a run was made of, as its manifest records it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa

from .insights import InsightTables
from .records import InputFile, Inputs, input_file, input_files
from .run_plan import RunPlan
from .runs import AssistanceRecord, InputFileRecord, Manifest


def run_manifest(
    inputs: Inputs,
    plan: RunPlan,
    tables: Mapping[str, pa.Table],
    insights: InsightTables,
    asked: AssistanceRecord | None,
    notices: tuple[str, ...],
    started: datetime,
) -> Manifest:
    """The manifest of a run that ends now, `asked` the language model; its files are added when it is published."""
    model = plan.model
    return Manifest(
        hcplens=version("hcplens"),
        as_of=inputs.as_of,
        started_at=started,
        finished_at=datetime.now(UTC),
        inputs=(*map(_recorded, inputs.files), *_recorded_plan(plan)),
        configuration={
            "max_rejects": plan.max_rejects,
            "column_map": plan.column_map.name if plan.column_map else None,
            "precision": plan.model.tagger.precision,
            "survey_map": plan.survey_map.name if plan.survey_map else None,
            "channel_rules": plan.channel_rules.name,
            "channel_rules_sha256": plan.channel_rules.digest,
        },
        model={"name": model.annotator, "sha256": model.digest, "encoder_sha256": model.encoder_digest},
        language_model=asked,
        taxonomy_digest=plan.taxonomy.digest,
        counts={name: len(table) for name, table in tables.items()},
        unread=dict(insights.unread),
        notices=notices,
        files={},
    )


def _recorded(file: InputFile) -> InputFileRecord:
    return InputFileRecord(table=file.table, name=Path(file.path).name, bytes=file.bytes, sha256=file.sha256)


def _recorded_plan(plan: RunPlan) -> Iterator[InputFileRecord]:
    """The plan's own files, digested like the tables'."""
    if plan.statements_file:
        yield _recorded(input_file("statements", plan.statements_file))
    if plan.modules:
        folder = plan.modules.is_dir()
        files = input_files("modules", plan.modules) if folder else [input_file("modules", plan.modules)]
        yield from map(_recorded, files)
