"""Going on from a model that has learned, with notes of one's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from ...embeddings.loading import window_tagger
from ...embeddings.model_files import default_model_folder
from ...embeddings.tagging import TaggedText, TagOptions, TrainedTagger, with_claims
from ...errors import InputError
from .distillation import lessons
from .gold import GoldNote
from .gold_texts import groups, tagged_notes, use_texts
from .learned_from import learned_digests
from .model import InsightModel, label_families, statement_label

_FEWEST_TO_CALIBRATE = 20
"""Labels of one family that the validation must carry for their curve and threshold to be fitted anew."""


def train_further(
    model: InsightModel,
    notes: Sequence[GoldNote],
    encoder: Path | None = None,
    options: TagOptions | None = None,
    *,
    validation: Sequence[GoldNote] = (),
    unlabelled: Sequence[str] = (),
    seen: Callable[[int, int], None] = lambda texts, of: None,
) -> InsightModel:
    """The model after it has learned from more notes, in small steps, with the topics that it knows.

    Each note is learned half from its labels, half from what the model itself says of it before, so that it does not
    forget what these notes do not show (learning without forgetting: Li and Hoiem, 2016).

    Args:
        model: what to go on from; it stays as it is.
        notes: labelled notes; those with `insights` teach statements, channels and flags, those with `use` (which may
            be None) how far the brand is used, and a note may have both.
        encoder: folder of the encoder that the model was trained over; the default encoder's if None.
        options: of the training; those suited to the encoder and to few notes if None.
        validation: labelled notes that curves and thresholds are fitted on: of statements, channels, adverse events,
            other flags and uses, those of which they carry twenty; the model keeps its own of the others.
        unlabelled: texts that the model shall read as before.
        seen: told after every step how many texts were seen, of how many in all.

    Raises:
        InputError: no notes, or a note without labels, or one that names a topic or tells a use that the model never
            learned.
    """
    from ...embeddings.tagging.training import epochs_for, train_network
    from ...embeddings.tagging.weights import trained_arrays

    scheme = model.trained.scheme
    texts = lessons(_texts(model, notes), unlabelled, scheme, model)
    options = options or TagOptions.suited_to(encoder).for_further_texts()
    count, total = 0, epochs_for(len(texts), options) * len(texts)

    def count_up(more: int) -> None:
        nonlocal count
        count += more
        seen(count, total)

    body = encoder or default_model_folder()
    network = train_network(texts, scheme, body, options, count_up, start=model.trained.weights)
    learned = model.trained_on | learned_digests([*notes, *validation], unlabelled)
    trained = replace(model.trained, weights=trained_arrays(network), trained_on=learned)
    trained = _calibrated(trained, body, _texts(model, validation) if validation else ())
    return replace(model, trained=trained, tagger=window_tagger(trained, encoder))


def _texts(model: InsightModel, notes: Sequence[GoldNote]) -> list[TaggedText]:
    """Notes as the model's labels; one with statements and a use is two texts.

    Raises:
        InputError: there are none, or one has neither, or names what the model does not know.
    """
    if not notes:
        raise InputError("there is no labelled note to learn from")
    scheme = model.trained.scheme
    of_use = [note for note in notes if "use" in note.model_fields_set]
    of_statements = [note for note in notes if "insights" in note.model_fields_set]
    for note in notes:
        if not {"insights", "use"} & note.model_fields_set:
            raise InputError(f"note {note.note_id} has neither insights nor use: what it states is not labelled")
        for statement in note.insights:
            if statement_label(statement.topic, statement.polarity) not in scheme.labels:
                raise InputError(
                    f"note {note.note_id} names the topic {statement.topic!r}, which the model never learned"
                )
    if of_use and not model.tells_uses:
        raise InputError(f"note {of_use[0].note_id} tells the use of the brand, which the model never learned to tell")
    group_of = groups(notes)
    return tagged_notes(of_statements, scheme, group_of) + use_texts(of_use, scheme, group_of)


def _calibrated(trained: TrainedTagger, body: Path, texts: Sequence[TaggedText]) -> TrainedTagger:
    """With curves and thresholds from these texts, for families that they carry often enough."""
    from ...embeddings.tagging.fitting import calibrated

    carried = Counter(span.label for text in texts for span in text.spans)
    families = [
        family
        for family in label_families(trained.scheme)
        if sum(carried[int(label)] for label in family) >= _FEWEST_TO_CALIBRATE
    ]
    if not families:
        return with_claims(trained, trained.claims)
    return calibrated(trained, body, texts, families, shared=True)
