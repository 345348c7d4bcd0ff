from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings.tagging import TaggedText, TagOptions
from hcplens.errors import InputError
from hcplens.inference.insights import Annotator, GoldNote, InsightModel, train_insights
from hcplens.inference.insights.gold import GoldChannelStatement, GoldUse
from hcplens.inference.insights.gold_texts import groups, tagged_notes, use_texts
from hcplens.inference.insights.model import insight_scheme, label_families
from hcplens.inference.insights.statement import USES
from hcplens.inference.triage import triage_text
from hcplens.prompts import Taxonomy

BRIEF = TagOptions(epochs=1, least_steps=0)
PLACEHOLDER = re.compile(r"\[[A-Z_]+\]")


def train(notes: list[GoldNote], taxonomy: Taxonomy, encoder: Path, options: TagOptions = BRIEF) -> InsightModel:
    return train_insights(notes, taxonomy, encoder, options)


def test_training_again_gives_the_same_files(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path, tmp_path: Path
) -> None:
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        train(gold_notes[:30], bare_taxonomy, tiny_encoder, replace(BRIEF, seed=seed)).save(tmp_path / name)
    files = ("weights.safetensors", "model.json", "taxonomy.json")
    one, two, other = ([(tmp_path / name / file).read_bytes() for file in files] for name in ("one", "two", "other"))
    assert one == two
    assert one[0] != other[0]


def test_a_model_says_which_languages_it_reads_english_first(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    model = train_insights(gold_notes[:30], bare_taxonomy, tiny_encoder, BRIEF, languages=("de", "en", "fr"))
    assert model.languages == ("en", "de", "fr")


def test_every_step_is_told_up_to_the_last(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    told: list[tuple[int, int]] = []
    train_insights(gold_notes[:30], bare_taxonomy, tiny_encoder, BRIEF, seen=lambda texts, of: told.append((texts, of)))
    assert told[-1][0] == told[-1][1] <= 30
    assert [texts for texts, _ in told] == sorted(texts for texts, _ in told)


def test_one_physician_alone_cannot_be_learned_from(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    with pytest.raises(InputError, match="at least two physicians"):
        train(gold_notes[:1], bare_taxonomy, tiny_encoder)


def test_notes_that_are_all_held_out_for_their_use_leave_nothing_to_learn_from(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    of_one = [note.model_copy(update={"hcp_id": "H1", "use": None}) for note in gold_notes[:30]]
    with pytest.raises(InputError, match="all labelled notes are of physicians held out to calibrate on"):
        train_insights(of_one, bare_taxonomy, tiny_encoder, BRIEF, validation=gold_notes[30:])


def test_other_notes_calibrate_and_choose_the_thresholds(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    learned, others = gold_notes[:30], gold_notes[30:]
    one, other = (
        train_insights(learned, bare_taxonomy, tiny_encoder, BRIEF, validation=some) for some in (others, others[:5])
    )
    assert all(np.array_equal(one.trained.weights[name], other.trained.weights[name]) for name in one.trained.weights)
    assert list(one.trained.claims.slopes) != list(other.trained.claims.slopes)
    assert one.trained_on - other.trained_on
    assert len(set(one.trained.claims.thresholds[: one.trained.scheme.chosen])) == 1


def test_flags_are_labels_of_their_own_behind_those_of_channels(gold_notes: list[GoldNote]) -> None:
    scheme = insight_scheme(Taxonomy.default().ids)
    assert scheme.labels[-4:] == (
        "adverse_event.flag",
        "product_complaint.flag",
        "off_label.flag",
        "medical_inquiry.flag",
    )
    for note, tagged in zip(gold_notes, tagged_notes(gold_notes, scheme, groups(gold_notes)), strict=True):
        named = [scheme.labels[span.label] for span in tagged.spans if scheme.labels[span.label].endswith(".flag")]
        assert named == [f"{flag.kind}.flag" for flag in note.flags]


@pytest.mark.parametrize("uses", [False, True])
def test_every_label_has_one_curve_and_adverse_events_have_their_own(uses: bool) -> None:
    scheme = insight_scheme(Taxonomy.default().ids, uses=uses)
    families = [[scheme.labels[column] for column in family] for family in label_families(scheme)]
    assert [label for family in families for label in family] == list(scheme.labels)
    assert ["adverse_event.flag"] in families
    assert ["product_complaint.flag", "off_label.flag", "medical_inquiry.flag"] in families


def test_a_topic_that_the_taxonomy_lacks_is_named(gold_notes: list[GoldNote], tiny_encoder: Path) -> None:
    topics = tuple(topic for topic in Taxonomy.default().topics if topic.id != "coverage")
    lacking = Taxonomy(name="less", version="1", topics=topics)
    with pytest.raises(InputError, match="name the topic 'coverage', which the taxonomy lacks"):
        train(gold_notes, lacking, tiny_encoder)


def test_a_channel_that_there_is_not_is_named(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    pigeon = GoldChannelStatement(channel="pigeon", stance="prefers", evidence=gold_notes[0].text[:5])
    notes = [gold_notes[0].model_copy(update={"channel_preferences": (pigeon,)}), *gold_notes[1:]]
    with pytest.raises(InputError, match=f"note {gold_notes[0].note_id} names the channel 'pigeon'"):
        train(notes, bare_taxonomy, tiny_encoder)


def test_notes_without_statements_enough_are_refused(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    silent = [note.model_copy(update={"insights": ()}) for note in gold_notes]
    with pytest.raises(InputError, match="no topic has 5 labelled statements"):
        train(silent, bare_taxonomy, tiny_encoder)


def test_topics_with_few_statements_are_read_from_their_description(small_model: InsightModel) -> None:
    trained = {
        label.rpartition(".")[0] for label in small_model.trained.scheme.labels[: small_model.trained.scheme.chosen]
    }
    assert small_model.open_topics is not None
    untrained = {topic.id for topic in small_model.open_topics.topics}
    assert trained
    assert untrained
    assert trained | untrained == set(small_model.taxonomy.ids)
    assert trained.isdisjoint(untrained)


def test_the_words_to_learn_are_the_labelled_ones_with_placeholders(gold_notes: list[GoldNote]) -> None:
    named = [note.model_copy(update={"text": f"pt Maria Gonzalez, DOB 03/14/1961. {note.text}"}) for note in gold_notes]
    scheme = insight_scheme(Taxonomy.default().ids)
    notes = [*gold_notes, *named]
    for note, tagged in zip(notes, tagged_notes(notes, scheme, groups(notes)), strict=True):
        assert tagged.text == triage_text(note.text).redacted.text
        assert "Gonzalez" not in tagged.text
        for words_given, span in zip(note.evidence, tagged.spans, strict=True):
            words = tagged.text[span.start : span.end]
            assert words == words_given or PLACEHOLDER.search(words)


def test_labels_come_with_what_they_say_of_status_and_holder(gold_notes: list[GoldNote]) -> None:
    scheme = insight_scheme(Taxonomy.default().ids)
    for note, tagged in zip(gold_notes, tagged_notes(gold_notes, scheme, groups(gold_notes)), strict=True):
        for statement, span in zip(note.insights, tagged.spans, strict=False):
            assert scheme.labels[span.label] == f"{statement.topic}.{statement.polarity}"
            chosen = [options[number] for options, number in zip(scheme.choices, span.choices, strict=True)]
            assert chosen == [statement.status, statement.holder]


@pytest.mark.parametrize(("brands", "by_brand"), [(9, False), (10, True)])
def test_notes_of_many_brands_are_held_out_by_brand(gold_notes: list[GoldNote], brands: int, by_brand: bool) -> None:
    notes = [note.model_copy(update={"brand": f"B{n % brands}"}) for n, note in enumerate(gold_notes)]
    held = [text.group for text in tagged_notes(notes, insight_scheme(Taxonomy.default().ids), groups(notes))]
    owners = [note.brand if by_brand else note.hcp_id for note in notes]
    assert len(set(zip(held, owners, strict=True))) == len(set(held)) == len(set(owners))


def test_a_driver_and_a_barrier_of_a_topic_share_their_kind() -> None:
    scheme = insight_scheme(("cost", "supply"))
    assert scheme.labels[: scheme.chosen] == ("cost.driver", "cost.barrier", "supply.driver", "supply.barrier")
    assert scheme.kind_of[:4] == (0, 0, 1, 1)
    assert len(scheme.kind_of) == len(scheme.labels)
    kinds = dict(zip(scheme.labels, scheme.kind_of, strict=True))
    assert kinds["email.prefers"] == kinds["email.avoids"] != kinds["phone.prefers"]


def use_notes(count: int) -> list[GoldNote]:
    words = {None: "left a brochure", "trial": "started two patients on it", "lapsed": "has stopped everybody on it"}
    notes = []
    for number in range(count):
        use = tuple(words)[number % 3]
        label = GoldUse(use=use, evidence=words[use]) if use else None
        text = f"slide {number} shown, {words[use]}"
        notes.append(GoldNote(note_id=f"U{number}", hcp_id=f"H{number // 2}", brand="Orvexa", text=text, use=label))
    return notes


def test_notes_of_use_alone_teach_how_far_a_brand_is_used(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    options = replace(BRIEF, head_rate=1e-2, epochs=3)
    plain = train(gold_notes[:30], bare_taxonomy, tiny_encoder, options)
    model = train_insights([*gold_notes[:30], *use_notes(240)], bare_taxonomy, tiny_encoder, options)
    assert (plain.tells_uses, model.tells_uses) == (False, True)
    assert model.trained.scheme.labels[: len(plain.trained.scheme.labels)] == plain.trained.scheme.labels
    started, stopped = model.read(
        ["slide 7 shown, started two patients on it", "slide 7 shown, has stopped everybody on it"]
    ).uses
    trial, lapsed = USES.index("trial"), USES.index("lapsed")
    assert started.sum() < 1
    assert started[trial] / started[lapsed] > stopped[trial] / stopped[lapsed]
    assert plain.read(["saw him"]).uses.shape == (1, 0)
    assert Annotator(plain).annotate(["saw him"])[0].use is None


def test_each_kind_of_note_is_silent_on_what_the_other_was_asked(gold_notes: list[GoldNote]) -> None:
    scheme = insight_scheme(Taxonomy.default().ids, uses=True)
    uses = frozenset(range(len(scheme.labels) - len(USES), len(scheme.labels)))
    assert {text.unasked for text in tagged_notes(gold_notes, scheme, groups(gold_notes))} == {uses}
    told = use_texts(use_notes(6), scheme, groups(use_notes(6)))
    assert {text.unasked | uses for text in told} == {frozenset(range(len(scheme.labels)))}
    assert {scheme.labels[span.label] for text in told for span in text.spans} == {"trial.use", "lapsed.use"}
    assert all(text.unasked.isdisjoint({span.label for span in text.spans}) for text in told)


@pytest.mark.parametrize("calibrated_elsewhere", [False, True])
def test_what_is_held_out_for_one_kind_of_label_is_learned_from_for_none(
    gold_notes: list[GoldNote],
    bare_taxonomy: Taxonomy,
    tiny_encoder: Path,
    monkeypatch: pytest.MonkeyPatch,
    calibrated_elsewhere: bool,
) -> None:
    given: dict[str, set[str]] = {}

    def stop(texts: list[TaggedText], *_: object, held_out: list[TaggedText], **__: object) -> None:
        given.update(learned={text.text for text in texts}, held_out={text.text for text in held_out})
        raise InterruptedError

    monkeypatch.setattr("hcplens.embeddings.tagging.fitting.fit_tagger", stop)
    both = [note.model_copy(update={"use": None}) for note in gold_notes[:200]]
    notes, validation = [*both, *gold_notes[200:250]], gold_notes[250:] if calibrated_elsewhere else []
    with pytest.raises(InterruptedError):
        train_insights(notes, bare_taxonomy, tiny_encoder, BRIEF, validation=validation)
    of_both = {triage_text(note.text).redacted.text for note in both}
    assert given["learned"].isdisjoint(given["held_out"])
    assert given["learned"] & of_both
    assert given["held_out"] & of_both


def test_a_told_use_quotes_the_words_that_show_it(
    gold_notes: list[GoldNote], bare_taxonomy: Taxonomy, tiny_encoder: Path
) -> None:
    options = replace(BRIEF, head_rate=1e-2, epochs=3)
    model = train_insights([*gold_notes[:30], *use_notes(240)], bare_taxonomy, tiny_encoder, options)
    text = "slide 7 shown, started two patients on it"
    for found in [Annotator(model).annotate([text])[0].use]:
        assert found is not None
        assert found.use == USES[int(np.argmax(found.shares))]
        assert text[found.evidence.start : found.evidence.end] == found.evidence.text
        assert found.to_json()["probability"] == pytest.approx(found.probability, abs=1e-4)
