from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.embeddings.model_files import body_digest
from hcplens.embeddings.tagging import TaggedSpan, TaggedText, TagOptions, TagScheme, TrainedTagger, WindowTagger, tag
from hcplens.embeddings.tagging.fitting import divided, fit_tagger
from hcplens.embeddings.tagging.training import train_network
from hcplens.embeddings.tagging.weights import trained_arrays

from .conftest import FAMILIES, QUICK, SCHEME, labelled

BRIEF = replace(QUICK, epochs=1)


def fit(texts: Sequence[TaggedText], encoder: Path, options: TagOptions = BRIEF, **more: object) -> TrainedTagger:
    given = {"held_out": labelled(20, seed=3)} | more
    return fit_tagger(texts, SCHEME, encoder, FAMILIES, options, **given)  # type: ignore[arg-type]


def same_weights(one: TrainedTagger, other: TrainedTagger) -> bool:
    return all(np.array_equal(one.weights[name], other.weights[name]) for name in one.weights)


def otherwise(texts: Sequence[TaggedText], group: str) -> list[TaggedText]:
    """The texts, with those of one group carrying what they do not carry."""
    return [
        replace(text, spans=tuple(TaggedSpan(label) for label in {0, 1, 2} - {span.label for span in text.spans}))
        if text.group == group
        else text
        for text in texts
    ]


def test_a_tagger_finds_labels_and_choices_in_texts_it_never_saw(trained: TrainedTagger, tagger: WindowTagger) -> None:
    texts = labelled(80, seed=21)
    tags = tag([text.text for text in texts], tagger, SCHEME)
    claimed = trained.claims.probabilities(tags.log_odds) >= trained.claims.thresholds
    truth = [[label in {span.label for span in text.spans} for label in range(3)] for text in texts]
    assert (claimed == np.asarray(truth)).mean() > 0.95


def test_the_same_seed_gives_the_same_tagger_and_another_seed_another(tiny_encoder: Path) -> None:
    one, same, other = (fit(labelled(40), tiny_encoder, replace(BRIEF, seed=seed)) for seed in (7, 7, 8))
    assert one.digest == same.digest != other.digest
    assert same_weights(one, same)


@given(count=st.integers(2, 60), groups=st.integers(2, 30), seed=st.integers(0, 99))
def test_a_group_is_never_on_both_sides_and_no_text_is_lost(count: int, groups: int, seed: int) -> None:
    texts = [TaggedText(str(number), (), f"G{number % groups}") for number in range(count)]
    train, held_out = divided(texts, [text.group for text in texts], seed)
    assert {text.group for text in train}.isdisjoint({text.group for text in held_out})
    assert sorted(train + held_out, key=lambda text: int(text.text)) == texts
    assert len({text.group for text in held_out}) == max(1, round(0.1 * min(count, groups)))


def test_texts_held_out_calibrate_and_all_others_are_trained_on(tiny_encoder: Path) -> None:
    texts, held_out = labelled(20, groups=2), labelled(20, seed=3)
    whole = fit(texts, tiny_encoder, held_out=held_out)
    assert not any(same_weights(whole, fit(otherwise(texts, group), tiny_encoder)) for group in ("G0", "G1"))
    elsewhere = fit(texts, tiny_encoder, held_out=[replace(text, spans=()) for text in held_out])
    assert same_weights(whole, elsewhere)
    assert (elsewhere.claims.slopes == 1).all()  # nothing to learn a curve from
    assert (whole.claims.thresholds != elsewhere.claims.thresholds).any()


def test_a_family_is_calibrated_on_the_texts_that_were_asked_for_it(tiny_encoder: Path) -> None:
    texts, held_out = labelled(20, groups=2), labelled(40, seed=3)
    silent = [replace(text, spans=(), unasked=frozenset({0, 1})) for text in labelled(40, seed=4)]
    alone, beside = (fit(texts, tiny_encoder, held_out=some).claims for some in (held_out, held_out + silent))
    statements, channels = slice(0, 2), slice(2, 3)
    assert np.array_equal(alone.slopes[statements], beside.slopes[statements])
    assert np.array_equal(alone.thresholds[statements], beside.thresholds[statements])
    assert not np.array_equal(alone.slopes[channels], beside.slopes[channels])


def test_every_step_is_told_and_the_last_one_is_the_end(tiny_encoder: Path) -> None:
    told: list[tuple[int, int]] = []
    texts = labelled(40, groups=4)
    fit(texts, tiny_encoder, replace(BRIEF, epochs=2), seen=lambda texts, of: told.append((texts, of)))
    seen, of = zip(*told, strict=True)
    assert list(seen) == sorted(set(seen))
    assert set(of) == {2 * 40}
    assert seen[-1] == 2 * 40


def test_a_tagger_names_the_transformer_under_it_and_what_it_learned_from(tiny_encoder: Path) -> None:
    fitted = fit(labelled(20), tiny_encoder, trained_on=frozenset({1, 2}))
    assert fitted.body_digest == body_digest(tiny_encoder)
    assert fitted.trained_on == {1, 2}


def test_labels_are_learned_where_nobody_marked_words(tiny_encoder: Path) -> None:
    scheme = TagScheme(SCHEME.labels)
    texts, new = (
        [replace(text, spans=tuple(TaggedSpan(span.label) for span in text.spans)) for text in labelled(160, seed=seed)]
        for seed in (1, 31)
    )
    fitted = fit_tagger(
        texts[:140], scheme, tiny_encoder, [np.arange(3)], replace(QUICK, epochs=30), held_out=texts[140:]
    )
    tagger = WindowTagger(fitted.weights, scheme, tiny_encoder, digest="")
    tags = tag([text.text for text in new], tagger, scheme)
    truth = [[label in {span.label for span in text.spans} for label in range(3)] for text in new]
    assert tags.choices.shape == (len(new), 0, 0)
    assert ((fitted.claims.probabilities(tags.log_odds) > 0.5) == np.asarray(truth)).mean() > 0.85


def test_adapters_learn_too(tiny_encoder: Path) -> None:
    fitted = fit(labelled(160), tiny_encoder, replace(QUICK, rank=8))
    tagger = WindowTagger(fitted.weights, SCHEME, tiny_encoder, digest="")
    texts = labelled(80, seed=21)
    tags = tag([text.text for text in texts], tagger, SCHEME)
    truth = np.asarray([[label in {span.label for span in text.spans} for label in range(3)] for text in texts])
    assert any(name.endswith(".down") for name in fitted.weights)
    assert ((fitted.claims.probabilities(tags.log_odds) > 0.5) == truth).mean() > 0.8


def test_lessons_are_learned_after_the_texts_half_from_what_a_stronger_reader_says(tiny_encoder: Path) -> None:
    texts, told = labelled(40), []
    doubted = [replace(text, taught=(0.0, 0.0, 1.0)) for text in texts]
    alone = fit(texts, tiny_encoder)
    taught = fit(texts, tiny_encoder, lessons=doubted, seen=lambda count, of: told.append((count, of)))

    def leaning(tagger: TrainedTagger) -> np.ndarray:
        reader = WindowTagger(tagger.weights, SCHEME, tiny_encoder, digest="d")
        return np.asarray(tag([text.text for text in texts], reader, SCHEME).whole.mean(axis=0))

    moved = leaning(taught) - leaning(alone)
    assert moved[2] > max(moved[0], moved[1])
    assert told[-1][0] == told[-1][1] > 2 * len(texts)
    assert [count for count, _ in told] == sorted(count for count, _ in told)


def test_a_text_is_taught_what_lies_between_its_label_and_the_teachers_word(tiny_encoder: Path) -> None:
    """Log-odds that minimise the loss for a label told to be there, and by the teacher not: those of one half."""
    same = TaggedText("price is too high", (TaggedSpan(0, choices=(0,)),), "G0", taught=(0.0, 0.0, 0.0))
    network = train_network([same] * 16, SCHEME, tiny_encoder, replace(QUICK, epochs=80, dropout=0.0, hidden=0.0))
    reader = WindowTagger(trained_arrays(network), SCHEME, tiny_encoder, digest="d")
    whole = tag([same.text], reader, SCHEME).whole[0]
    assert whole[0] == pytest.approx(0.0, abs=0.3)
    assert max(whole[1:]) < -2


def test_what_nobody_looked_for_is_not_learned_as_missing(tiny_encoder: Path) -> None:
    """Half of the texts are not asked for `supply` and do not name it; they would halve its odds where it is."""
    full = labelled(160)
    supply = frozenset({1})
    silent = [replace(t, spans=tuple(s for s in t.spans if s.label != 1)) for t in labelled(160, seed=3)]
    unasked = [replace(text, unasked=supply) for text in silent]
    new = [text for text in labelled(120, seed=9) if any(span.label == 1 for span in text.spans)]

    def odds(texts: Sequence[TaggedText]) -> float:
        network = train_network(texts, SCHEME, tiny_encoder, QUICK)
        reader = WindowTagger(trained_arrays(network), SCHEME, tiny_encoder, digest="d")
        return float(tag([text.text for text in new], reader, SCHEME).log_odds[:, 1].mean())

    assert odds([*full, *unasked]) > odds([*full, *silent]) + 1


def test_of_what_nobody_looked_for_a_stronger_reader_is_believed_alone(tiny_encoder: Path) -> None:
    same = TaggedText("price is too high", (), "G0", taught=(1.0, 1.0, 0.0), unasked=frozenset({0}))
    network = train_network([same] * 16, SCHEME, tiny_encoder, replace(QUICK, epochs=80, dropout=0.0, hidden=0.0))
    reader = WindowTagger(trained_arrays(network), SCHEME, tiny_encoder, digest="d")
    whole = tag([same.text], reader, SCHEME).whole[0]
    assert whole[0] > 2
    assert whole[1] == pytest.approx(0.0, abs=0.3)
    assert whole[2] < -2


def test_a_label_that_counts_nothing_is_as_one_that_nobody_looked_for(tiny_encoder: Path) -> None:
    texts = [replace(text, spans=tuple(replace(s, start=None, end=None) for s in text.spans)) for text in labelled(80)]
    nobody_looked = [replace(text, unasked=frozenset({1})) for text in texts]
    weightless = train_network(texts, SCHEME, tiny_encoder, QUICK, label_weights=(1.0, 0.0, 1.0))
    unasked = train_network(nobody_looked, SCHEME, tiny_encoder, QUICK)
    same = train_network(texts, SCHEME, tiny_encoder, QUICK, label_weights=(1.0, 1.0, 1.0))
    equal, plain = trained_arrays(same), trained_arrays(train_network(texts, SCHEME, tiny_encoder, QUICK))
    assert all(np.array_equal(equal[name], plain[name]) for name in plain)
    nothing, ignored = trained_arrays(weightless), trained_arrays(unasked)
    assert all(np.array_equal(nothing[name], ignored[name]) for name in ignored)
    assert any(not np.array_equal(nothing[name], plain[name]) for name in plain)
