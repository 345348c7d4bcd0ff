"""The pipeline run on timelines: with statements that it infers, and with the gold statements fed through.

A run takes a fraction of a second once the vectors are known, so each suite makes its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...inference.insights import InsightModel
from ...inference.inspecting import PROFILE_TABLES, physician_brand_pairs
from ...inference.pipeline import run_files
from ...inference.profiles import ProfileTables, build_profiles, inspect
from ...inference.progress import QuietReporter
from ...inference.records import TooManyRejectsError
from ...inference.records.derived import STATEMENTS
from ...inference.run_plan import RunPlan
from ...inference.runs import Run
from ...prompts import Taxonomy
from ..datasets import Timelines, stripped_tables
from ..results import ALL
from .seen_texts import UNKNOWN
from .suite import SuiteContext
from .timeline_data import require_topics, require_unseen

INFERRED, GOLD = "inferred", "gold"
_TABLES = ("insights", "channel_statements", "uses", "flags", "hcps", "consents", "content_events", "surveys")


@dataclass(frozen=True)
class TimelineRun:
    """One run over timelines, in memory.

    Attributes:
        statements: where its statements come from: `inferred` or `gold`.
        as_of: the day it looks from.
        taxonomy: its topics.
        tables: what it published, by name, less the profiles.
        profiles: what it says of the physicians.
        pairs: every physician and brand that the input speaks of.
        notices: what it told.
    """

    statements: str
    as_of: date
    taxonomy: Taxonomy
    tables: Mapping[str, pa.Table]
    profiles: ProfileTables
    pairs: frozenset[tuple[str, str | None]]
    notices: tuple[str, ...]

    @property
    def part(self) -> str:
        """How figures of this run are told apart: those of inferred statements stand for the whole."""
        return ALL if self.statements == INFERRED else f"statements={self.statements}"

    @property
    def named(self) -> str:
        """Which run a picture is of."""
        return f"{self.statements} statements"

    def inspected(self) -> dict[tuple[str, str | None], dict[str, Any]]:
        """The objects of `hcplens inspect` by physician and brand."""
        found = inspect(self.profiles, pairs=self.pairs, flags=self.tables["flags"], as_of=self.as_of)
        return {(item["hcp_id"], item["brand"]): item for item in found}

    def profiles_on(self, day: date) -> ProfileTables:
        """The profiles that the run would have had on an earlier day, from what was known then."""
        return _profiles(self.tables, self.taxonomy, day)


def timeline_runs(timelines: Timelines, context: SuiteContext) -> tuple[TimelineRun, ...]:
    """The run with inferred statements and, where the notes are labelled, the one with gold statements.

    Raises:
        InputError: the model was trained on these notes, gold speaks of topics that it does not know, or what
            `run_files` raises.
    """
    model = InsightModel.named(context.model, context.encoder_folder)
    require_unseen(timelines, model)
    require_topics(timelines, model.taxonomy)
    kinds = (INFERRED, GOLD) if timelines.notes else (INFERRED,)
    with context.reporter.stage("timelines", len(kinds), "runs") as done:
        runs = []
        for kind in kinds:
            runs.append(_run(kind, timelines, model, context))
            done(1)
    return tuple(runs)


def _run(kind: str, timelines: Timelines, model: InsightModel, context: SuiteContext) -> TimelineRun:
    with TemporaryDirectory(prefix="hcplens-eval-") as folder:
        tables = stripped_tables(timelines, Path(folder))
        plan = RunPlan(
            model,
            model.taxonomy,
            statements_file=timelines.tables["notes"] if kind == GOLD else None,
            as_of=timelines.profiles[0].as_of if timelines.profiles else None,
        )
        run = _published(tables, plan, Path(folder) / "run")
        published = {name: run.table(name) for name in _TABLES}
        profiles = ProfileTables(**{name: run.table(name) for name in PROFILE_TABLES})
        pairs = frozenset(physician_brand_pairs(run))
    if kind == GOLD and timelines.survey_statements:
        published["insights"] = _with_gold_surveys(published, timelines)
        profiles = _profiles(published, model.taxonomy, run.as_of)
    return TimelineRun(kind, run.as_of, model.taxonomy, published, profiles, pairs, _notices(run, model))


def _published(tables: Mapping[str, Path], plan: RunPlan, target: Path) -> Run:
    try:
        return run_files(tables, plan, target, QuietReporter())
    except TooManyRejectsError as e:
        raise InputError(f"{e.__cause__} of `hcplens run`, which keeps all bad rows in a file") from e


def _notices(run: Run, model: InsightModel) -> tuple[str, ...]:
    rejected = run.manifest.counts["rejects"]
    told = (*run.manifest.notices, *([f"rows rejected: {rejected}"] if rejected else []))
    return (*(f"timelines: {notice}" for notice in told), *(() if model.trained_on else (UNKNOWN,)))


def _profiles(tables: Mapping[str, pa.Table], taxonomy: Taxonomy, day: date) -> ProfileTables:
    return build_profiles(
        statements=tables["insights"],
        channel_statements=tables["channel_statements"],
        uses=tables["uses"],
        content_events=tables["content_events"],
        consents=tables["consents"],
        hcps=tables["hcps"],
        taxonomy=taxonomy,
        as_of=day,
    )


def _with_gold_surveys(tables: Mapping[str, pa.Table], timelines: Timelines) -> pa.Table:
    """The statements of the notes, and those that gold reads out of the survey answers."""
    answers = {row["response_id"]: row for row in tables["surveys"].to_pylist()}
    notes = tables["insights"].filter(pc.equal(tables["insights"]["source"], "note"))
    rows = []
    for statement in timelines.survey_statements:
        answer = answers.get(statement.response_id)
        if answer is None:  # dated after the day of the run, which says so in a notice
            continue
        rows.append(
            {
                "source": "survey",
                "source_id": statement.response_id,
                **{name: answer[name] for name in ("hcp_id", "brand", "date")},
                "topic": statement.topic,
                "polarity": statement.polarity,
                "status": statement.status,
                "holder": "hcp",
                "probability": 1.0,
                "evidence": answer["answer"] if answer["kind"] == "free_text" else answer["question"],
                "masked": False,
                "annotator": "file",
            }
        )
    return pa.concat_tables([notes, pa.Table.from_pylist(rows, schema=STATEMENTS)])
