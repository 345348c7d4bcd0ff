"""Labelled files → a model folder, published whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..embeddings.model_folder import DESCRIPTION
from ..embeddings.tagging import TagOptions
from ..errors import InputError
from ..prompts import Taxonomy
from .insights import InsightModel, read_gold, read_labelled, train_further, train_insights, train_labels
from .insights.gold import read_json_lines
from .progress import Reporter
from .runs import published_folder, require_publishable
from .targets import require_reachable


def train_model(
    gold: Sequence[Path],
    target: Path,
    encoder: Path | None,
    reporter: Reporter,
    *,
    validation: Sequence[Path] = (),
    teacher: InsightModel | None = None,
    start: InsightModel | None = None,
    unlabelled: Sequence[Path] = (),
    taxonomy: Path | None = None,
    languages: Sequence[str] = (),
    seed: int = 7,
) -> str:
    """Train insights where the lines are labelled notes, own labels where they have `labels`; say what was learned.

    With a model to `start` from, it goes on learning with its own topics and languages, and teaches itself not to
    forget: no teacher, taxonomy or language is named then.

    Raises:
        InputError: a target that hcplens did not make, files that mix both shapes or have neither, a taxonomy that
            lacks a topic, too few groups.
    """
    target = _publishable(target)
    if _has_labels(gold):
        if taxonomy or languages or teacher or start:
            raise InputError(
                "--taxonomy, --language, --teacher and --start are for labelled notes, not for texts with labels"
            )
        texts = [text for path in gold for text in read_labelled(path)]
        held_out = [text for path in validation for text in read_labelled(path)]
        with _training(reporter, len(texts), "texts") as seen:
            labels = train_labels(texts, encoder, validation=held_out, seed=seed, seen=seen)
        with published_folder(target, marker=DESCRIPTION) as folder:
            labels.save(folder)
        return f"{len(labels.labels)} labels from {len(texts):,} texts"
    notes = read_gold(gold)
    held_back = read_gold(validation)
    options = TagOptions.suited_to(encoder, seed=seed)
    without_labels = list(_texts(unlabelled))
    with _training(reporter, len(notes), "notes") as seen:
        if start:
            model = train_further(
                start,
                notes,
                encoder,
                options.for_further_texts(),
                validation=held_back,
                unlabelled=without_labels,
                seen=seen,
            )
        else:
            model = train_insights(
                notes,
                Taxonomy.load(taxonomy) if taxonomy else Taxonomy.default(),
                encoder,
                options,
                validation=held_back,
                teacher=teacher,
                unlabelled=without_labels,
                languages=languages,
                seen=seen,
            )
    with published_folder(target, marker=DESCRIPTION) as folder:
        model.save(folder)
    physicians = len({note.hcp_id for note in notes})
    return f"{len(model.taxonomy.topics)} topics from {len(notes):,} notes of {physicians:,} physicians"


def train_redaction(gold: Sequence[Path], target: Path, reporter: Reporter, *, seed: int = 7) -> str:
    """Train the networks that find patient identifiers, from the `phi` of labelled notes; say what was learned.

    Raises:
        InputError: a target that hcplens did not make, lines that are no labelled notes, or no identifier in any.
    """
    from .triage.context_training import ContextOptions, train_context
    from .triage.identifier_reader import IdentifierReader
    from .triage.identifier_training import IdentifierOptions, train_identifiers
    from .triage.marked_notes import MarkedNote

    target = _publishable(target)
    notes = [MarkedNote.of(note.text, note.phi) for note in read_gold(gold)]
    count = sum(len(note.spans) for note in notes)
    if not count:
        raise InputError("no note names an identifier (phi): there is nothing to learn")
    with _training(reporter, len(notes), "notes") as seen:
        network = train_identifiers(notes, IdentifierOptions(seed=seed), seen=lambda part, of: seen(part, 2 * of))
        context = train_context(
            notes, network.familiarity, ContextOptions(seed=seed), seen=lambda part, of: seen(of + part, 2 * of)
        )
    with published_folder(target, marker=DESCRIPTION) as folder:
        IdentifierReader(network, context).save(folder)
    return f"{count:,} identifiers in {len(notes):,} notes"


def _texts(paths: Sequence[Path]) -> Iterator[str]:
    """The field `text` of every line."""
    for path in paths:
        for number, record in read_json_lines(path):
            text = record.get("text")
            if not isinstance(text, str) or not text.strip():
                raise InputError(f"{path} line {number}: text: {text!r} is no text to learn from")
            yield text


def _publishable(target: Path) -> Path:
    require_publishable(target, marker=DESCRIPTION)
    require_reachable(target)
    return target.resolve()


@contextmanager
def _training(reporter: Reporter, count: int, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A stage that moves evenly over the whole training, however often each text is seen."""
    told = 0
    with reporter.stage("training", count, unit) as done:

        def seen(texts: int, of: int) -> None:
            nonlocal told
            now = count * texts // of
            done(now - told)
            told = now

        yield seen


def _has_labels(paths: Sequence[Path]) -> bool:
    """Which of the two shapes the first line has."""
    for path in paths:
        for number, record in read_json_lines(path):
            if "labels" in record:
                return True
            if "note_id" in record:
                return False
            raise InputError(f"{path} line {number} is neither a labelled note (note_id) nor a text with labels")
    raise InputError(f"{', '.join(map(str, paths))}: no labelled text in it")
