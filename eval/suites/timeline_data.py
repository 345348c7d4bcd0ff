"""The timelines of a data folder, and whether a model may be measured on them."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...inference.insights import GoldNote, InsightModel
from ...prompts import Taxonomy
from ..datasets import Timelines, canonical_table, is_timelines_folder, read_timelines
from .seen_texts import seen_by_model
from .suite import MissingDataError

_FOLDER = "timelines"


def timelines_in(data: Path) -> Timelines:
    """The timelines of a data folder: in its folder `timelines`, or in itself.

    Raises:
        MissingDataError: no table of notes or content events is there.
        InputError: what `read_timelines` raises.
    """
    folder = data / _FOLDER if (data / _FOLDER).is_dir() else data
    if not is_timelines_folder(folder):
        raise MissingDataError(f"{folder} holds no timelines (notes, content_events)")
    return read_timelines(folder)


def scored_apart(timelines: Timelines) -> str:
    """How runs over timelines are kept apart from what was learned, in plain words."""
    count = len(notes_of(timelines))
    notes = f"none of the {count:,} notes is known to have trained the model" if count else ""
    return "; ".join(filter(None, ("the whole pipeline, run without gold", notes)))


def notes_of(timelines: Timelines) -> tuple[GoldNote, ...]:
    """The notes with their labels; without any where they have none, as in CSV and Parquet."""
    if timelines.notes or "notes" not in timelines.tables:
        return timelines.notes
    rows = canonical_table(timelines.tables["notes"], "notes").select(["note_id", "hcp_id", "text", "brand"])
    return tuple(GoldNote.model_validate(row) for row in rows.to_pylist())


def data_digests(timelines: Timelines) -> dict[str, str]:
    """SHA-256 of every file by its name within the folder that holds the timelines."""
    return {f"{timelines.folder.resolve().name}/{name}": digest for name, digest in timelines.digests.items()}


def require_unseen(timelines: Timelines, model: InsightModel) -> None:
    """Raises InputError where the model learned from any of the notes, so that what it says of them proves nothing."""
    notes = notes_of(timelines)
    texts, brands = [note.text for note in notes], [note.brand for note in notes]
    seen = int(seen_by_model(texts, [note.hcp_id for note in notes], brands, model).sum())
    if seen:
        shares = f"{seen:,} of {len(notes):,}"
        raise InputError(
            f"the model was trained on notes of {timelines.folder} or of their physicians ({shares}): "
            "what it says of them proves nothing, so name a model that never saw them with --model"
        )


def require_topics(timelines: Timelines, taxonomy: Taxonomy) -> None:
    """Raises InputError where gold speaks of topics that a model's taxonomy does not have."""
    named = {topic for profile in timelines.profiles for topic in (*profile.barriers_open, *profile.barriers_resolved)}
    named |= {topic for profile in timelines.profiles for topic in profile.drivers}
    named |= {statement.topic for statement in timelines.survey_statements}
    unknown = sorted(named - set(taxonomy.ids))
    if unknown:
        raise InputError(
            f"the gold of {timelines.folder} has the topic {unknown[0]!r}, which the model's taxonomy {taxonomy.name} "
            "does not have: name a model that was trained for it with --model"
        )
