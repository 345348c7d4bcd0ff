"""The timelines of a data folder, and whether a model may be measured on them."""

from __future__ import annotations

from pathlib import Path

from ...errors import InputError
from ...inference.insights import InsightModel
from ...prompts import Taxonomy
from ..datasets import Timelines, is_timelines_folder, read_timelines
from .seen_texts import seen_in_training
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
    notes = f"none of the {len(timelines.notes):,} notes is known to have trained the model" if timelines.notes else ""
    return "; ".join(filter(None, ("the whole pipeline, run without gold", notes)))


def data_digests(timelines: Timelines) -> dict[str, str]:
    """SHA-256 of every file by its name within the folder that holds the timelines."""
    return {f"{timelines.folder.resolve().name}/{name}": digest for name, digest in timelines.digests.items()}


def require_unseen(timelines: Timelines, model: InsightModel) -> None:
    """Raises InputError where the model learned from any of the notes, so that what it says of them proves nothing."""
    notes = timelines.notes
    seen = sum(seen_in_training([note.text for note in notes], [note.hcp_id for note in notes], model.trained_on))
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
