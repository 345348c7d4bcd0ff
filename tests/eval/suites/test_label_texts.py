from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, f1_score

from hcplens.embeddings import Encoder
from hcplens.embeddings.loading import load_encoder
from hcplens.embeddings.tagging import TagOptions
from hcplens.errors import InputError
from hcplens.eval.results import Figure
from hcplens.eval.suites.notes import notes_suite
from hcplens.eval.suites.notes.label_figures import label_findings
from hcplens.eval.suites.notes.label_scoring import ScoredText, score_by_cross_fitting, score_by_model
from hcplens.eval.suites.suite import Findings, MissingDataError, SuiteContext
from hcplens.inference.insights import LabelHeads, LabelledText, LabelModel, LabelTagger
from hcplens.inference.progress import QuietReporter

WithModel = Callable[[Path | None], SuiteContext]

WORDS = {"cost": "the price is far too high", "supply": "the pharmacy ran out of stock"}


def texts(count: int = 60, first: int = 0) -> list[LabelledText]:
    random = np.random.default_rng(2 + first)
    rows = []
    for n in range(first, first + count):
        labels = [label for label in WORDS if random.random() < 0.4]
        words = [WORDS[label] for label in labels] + [f"page {n} went well"]
        rows.append(LabelledText(id=n, text=". ".join(words), labels=tuple(labels), group=f"g{n // 5}"))
    return rows


def of(findings: Findings, metric: str, part: str = "all") -> Figure:
    (figure,) = [figure for figure in findings.figures if (figure.metric, figure.part) == (metric, part)]
    return figure


def context(encoder: Encoder) -> SuiteContext:
    return SuiteContext(encoder, QuietReporter())


def write(path: Path, rows: Sequence[LabelledText]) -> Path:
    path.write_text("".join(json.dumps(row.model_dump()) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module", params=["heads", "tagger"])
def model(request: pytest.FixtureRequest, tiny_encoder: Path) -> LabelModel:
    """Either way to learn labels, on the texts."""
    if request.param == "heads":
        return LabelHeads.fit(texts(), load_encoder(tiny_encoder))
    return LabelTagger.fit(texts(), tiny_encoder, TagOptions(epochs=12, least_steps=0, rate=3e-3, head_rate=1e-2))


def scored(seed: int) -> list[ScoredText]:
    """Texts with claims and probabilities that are partly right."""
    random = np.random.default_rng(seed)
    found = []
    for text in texts():
        probabilities = {
            label: round(float(random.beta(4, 2) if label in text.labels else random.beta(2, 4)), 3) for label in WORDS
        }
        claimed = frozenset(label for label, probability in probabilities.items() if probability > 0.5)
        found.append(ScoredText(text, claimed, probabilities))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_of_scikit_learn(seed: int) -> None:
    found = scored(seed)
    findings = label_findings("notes", found)
    claimed = [[label in one.claimed for label in WORDS] for one in found]
    true = [[label in one.true for label in WORDS] for one in found]
    assert of(findings, "label F1").estimate.value == pytest.approx(f1_score(true, claimed, average="micro"))
    assert of(findings, "label macro F1").estimate.value == pytest.approx(f1_score(true, claimed, average="macro"))
    for label, value in zip(WORDS, f1_score(true, claimed, average=None), strict=True):
        assert of(findings, "label F1", f"label={label}").estimate.value == pytest.approx(value)
    pairs = [(one.probabilities[label], label in one.true) for one in found for label in WORDS]
    score = brier_score_loss([hit for _, hit in pairs], [probability for probability, _ in pairs])
    assert of(findings, "Brier score of every label").estimate.value == pytest.approx(score)
    assert of(findings, "label F1").estimate.clusters == 12


def test_a_perfect_run_scores_1_on_everything() -> None:
    right = [
        ScoredText(text, frozenset(text.labels), {label: float(label in text.labels) for label in WORDS})
        for text in texts()
    ]
    findings = label_findings("notes", right)
    assert {f.estimate.value for f in findings.figures if f.better == "higher" and f.basis} == {1.0}
    assert of(findings, "Brier score of every label").estimate.value == 0
    assert findings.examples == ()


def test_a_label_that_the_model_does_not_know_is_missed() -> None:
    text = LabelledText(id=1, text="call 0171 123 4567, Mrs Eve Okafor", labels=("cost", "unknown"), group="g")
    findings = label_findings("notes", [ScoredText(text, frozenset({"cost"}), {"cost": 0.9})])
    assert of(findings, "label recall").estimate.value == 0.5
    (example,) = findings.examples
    assert example.facts == (("found", "cost"), ("missed", "unknown"))
    assert "4567" not in example.text
    assert len(example.text) == len(text.text)


def test_each_text_is_scored_by_heads_of_other_groups(hashing_encoder: Encoder) -> None:
    """A label that occurs in one group alone can be learned from no other: its text is never claimed to have it."""
    given = texts(40)
    given[3] = given[3].model_copy(update={"text": "zebra zebra zebra", "labels": ("zebra",)})
    given[4] = given[4].model_copy(update={"text": "zebra crossing zebra", "labels": ("zebra",)})
    found = score_by_cross_fitting(given, context(hashing_encoder))
    assert [one.text for one in found.texts] == given
    assert all("zebra" not in one.claimed for one in found.texts)
    assert "zebra" not in found.texts[3].probabilities
    assert any("zebra" in one.probabilities for one in found.texts)
    assert found.scored_by.startswith("5-fold cross-fitting: each text by linear heads trained on other groups")


def test_texts_of_two_groups_cannot_be_cross_fitted(hashing_encoder: Encoder) -> None:
    with pytest.raises(InputError, match="texts of 2 groups cannot be cross-fitted"):
        score_by_cross_fitting(texts(10), context(hashing_encoder))


def test_a_model_is_measured_on_texts_of_groups_it_has_not_seen(
    model: LabelModel, with_model: WithModel, tmp_path: Path
) -> None:
    sibling = LabelledText(id="sibling", text="new words", labels=(), group="g3")
    new = texts(20, first=100)
    model.save(tmp_path / "model")
    data = write(tmp_path / "texts.jsonl", [*texts(), sibling, *new])
    findings = notes_suite(data, with_model(tmp_path / "model"))
    assert of(findings, "label F1").estimate.items == 20
    assert findings.notices == ("61 texts are left out: the model was trained on them, or on others of their groups",)
    assert findings.item_sets[0].ids == tuple(str(text.id) for text in new)
    with pytest.raises(MissingDataError, match="trained on all 60 texts"):
        score_by_model(texts(), model)


def test_labels_are_claimed_as_the_model_claims_them(model: LabelModel) -> None:
    new = texts(20, first=100)
    found = score_by_model(new, model).texts
    annotated = model.annotate([text.text for text in new])
    assert [one.claimed for one in found] == [{label.label for label in labels} for labels in annotated]


@pytest.mark.skipif("HCPLENS_PUBLIC_DATA" not in os.environ, reason="needs the public data")
def test_caves_is_measured_by_a_model_that_saw_another_part(
    with_model: WithModel, tiny_encoder: Path, tmp_path: Path
) -> None:
    caves = Path(os.environ["HCPLENS_PUBLIC_DATA"]) / "caves"
    lines = (caves / "train.jsonl").read_text(encoding="utf-8").splitlines()[:600]
    model = LabelHeads.fit([LabelledText.model_validate_json(line) for line in lines], load_encoder(tiny_encoder))
    model.save(tmp_path / "model")
    findings = notes_suite(caves, with_model(tmp_path / "model"))
    assert of(findings, "label macro F1").estimate.items == 6957 + 987 - 600
    assert 0.1 < of(findings, "label macro F1").estimate.value < 0.6
