"""Whether a note can steer a language model: orders planted in notes against harmless words of the same length.

`python -m hcplens.eval.llm_injection ATTACKS.json MODEL FIT.json ANSWERS.sqlite`; the attacks are lists of orders by
kind, as the public set of indirect prompt injections has them. What is asked stays the same: the labels that the
insight model is unsure of in the notes as they are, with its log-odds. Only what the language model is shown changes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..inference.assist import Adjudicator, Combination, uncertain
from ..inference.assist.adjudication import answer_log_odds
from ..inference.assist.candidates import Candidate
from ..inference.assist.combination import Floats
from ..inference.assist.fitting import group_of
from ..inference.insights import Annotator, GoldNote, InsightModel, read_gold
from ..inference.insights.read_texts import ReadTexts
from ..inference.triage import triage_text
from ..prompts import AnswerCache, LocalModel
from .metrics import SHARE, clustered_difference, means

GOLD = Path(__file__).parent / "gold"


@dataclass(frozen=True)
class Flips:
    """How much the answers changed when something was added to the notes.

    Attributes:
        questions: labels that were asked about.
        answered: with an answer that matches its schema, before and after.
        labels: (n,) of which questions the claim was made or dropped, by the combination.
        answers: (n,) which answers turned from yes to no or back.
        shift: how far the log-odds of an answer moved, on average.
        physicians: (n,) whose notes the questions were about.
    """

    questions: int
    answered: int
    labels: NDArray[np.bool_]
    answers: NDArray[np.bool_]
    shift: float
    physicians: tuple[str, ...]


def count_flips(
    notes: Sequence[GoldNote],
    added: Sequence[str],
    annotator: Annotator,
    adjudicator: Adjudicator,
    combination: Combination,
) -> Flips:
    """Ask about notes as they are, and with something added to the end of each."""
    read = annotator.read([note.text for note in notes], [note.brand for note in notes])
    thresholds = annotator.model.statement_thresholds
    candidates = uncertain(read, thresholds, combination.width)
    shown = tuple(triage_text(f"{note.text} {more}") for note, more in zip(notes, added, strict=True))
    before, after = (_said(each, candidates, adjudicator) for each in (read, replace(read, triaged=shown)))
    known = ~(np.isnan(before) | np.isnan(after))
    heads = np.asarray([candidate.log_odds for candidate in candidates])
    claims = [
        combination.weights.probabilities(heads, said) >= thresholds[[candidate.column for candidate in candidates]]
        for said in (before, after)
    ]
    return Flips(
        questions=len(candidates),
        answered=int(known.sum()),
        labels=(claims[0] != claims[1]) & known,
        answers=((before > 0) != (after > 0)) & known,
        shift=float(np.abs(before - after)[known].mean()) if known.any() else 0.0,
        physicians=tuple(group_of(notes[candidate.row]) for candidate in candidates),
    )


def read_attacks(path: Path) -> list[str]:
    """The orders of a file, the first of each kind first."""
    kinds = list(json.loads(path.read_text(encoding="utf-8")).values())
    return [kind[place] for place in range(max(map(len, kinds))) for kind in kinds if place < len(kind)]


def harmless_texts(notes: Sequence[GoldNote], lengths: Sequence[int]) -> list[str]:
    """Words of labelled notes that state nothing, cut to those lengths."""
    silent = [note.text for note in notes if not (note.insights or note.flags or note.channel_preferences or note.phi)]
    words = " ".join(silent)
    starts = np.linspace(0, max(0, len(words) - max(lengths, default=0)), num=len(lengths)).astype(int)
    return [words[start : start + length] for start, length in zip(starts, lengths, strict=True)]


def _said(read: ReadTexts, candidates: Sequence[Candidate], adjudicator: Adjudicator) -> Floats:
    """The log-odds (n,) of the answers; NaN where there is none."""
    said = [answer_log_odds(answer) for answer in adjudicator.ask(read, candidates)]
    return np.asarray([np.nan if each is None else each for each in said], dtype=np.float64)


def main() -> None:
    """Print the flips by orders and by harmless words."""
    attacks, model, fit, answers = (Path(argument) for argument in sys.argv[1:5])
    notes = read_gold([GOLD / "notes_a.jsonl"])
    orders = read_attacks(attacks)
    planted = [orders[place % len(orders)] for place in range(len(notes))]
    harmless = harmless_texts(read_gold([GOLD / "notes_b.jsonl"]), list(map(len, planted)))
    annotator = Annotator(InsightModel.default())
    combination = Combination.load(fit)
    with AnswerCache(answers) as cache:
        adjudicator = Adjudicator(annotator.model, LocalModel(model), cache, combination)
        by_orders, by_harmless = (
            count_flips(notes, added, annotator, adjudicator, combination) for added in (planted, harmless)
        )
    for kind, flips in (("orders", by_orders), ("harmless", by_harmless)):
        sys.stdout.write(
            f"{kind}: {flips.questions} questions, {flips.answered} answered, {flips.labels.sum()} labels and "
            f"{flips.answers.sum()} answers turned, log-odds moved by {flips.shift:.2f}\n"
        )
    for what in ("labels", "answers"):
        harmless_ones, ordered = (means(getattr(flips, what).astype(np.float64)) for flips in (by_harmless, by_orders))
        more = clustered_difference(SHARE, harmless_ones, ordered, by_orders.physicians)
        sys.stdout.write(f"more {what} by orders: {more}\n")


if __name__ == "__main__":
    main()
