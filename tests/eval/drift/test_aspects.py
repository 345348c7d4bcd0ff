from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import numpy as np
import pytest

from hcplens.eval.drift import Change, Claim, Labels, Period, PeriodNote, Truths, measure_drift
from hcplens.eval.drift.aspect import judged
from hcplens.eval.drift.calibration import calibration_drift
from hcplens.eval.drift.confidence import confidence_drift, equal_mass_bins
from hcplens.eval.drift.embeddings import MOST_NOTES, picked
from hcplens.eval.drift.familiarity import unseen
from hcplens.eval.drift.mix import mix_drift
from hcplens.eval.drift.sides import Sides
from hcplens.eval.drift.vocabulary import moved_words, words
from hcplens.eval.metrics import Estimate

DrawPeriod = Callable[..., Period]


def note(note_id: str, physician: str, text: str) -> PeriodNote:
    return PeriodNote(note_id, physician, text=text)


def split(text: str) -> Iterable[str]:
    return text.split()


def test_a_physicians_own_old_notes_make_nothing_familiar() -> None:
    before = [note("1", "H1", "copay denied again"), note("2", "H1", "copay again"), note("3", "H2", "denied")]
    now = [note("4", "H1", "copay denied"), note("5", "H3", "copay denied new")]
    assert unseen(before, now, split).tolist() == [[2, 3], [2, 2], [0, 1], [1, 2], [1, 3]]


def test_placeholders_and_numbers_are_no_words() -> None:
    assert list(words("[PATIENT_NAME] didn't tolerate 20 mg, PRIOR-AUTH o.k.")) == [
        "didn't",
        "tolerate",
        "mg",
        "prior-auth",
        "o",
        "k",
    ]


def test_words_of_fewer_than_three_physicians_are_not_shown() -> None:
    before = [note(f"b{n}", f"H{n}", "usual") for n in range(4)]
    now = [note(f"n{n}", f"K{n}", "usual lunorexa" + (" smith" if n < 2 else "")) for n in range(4)]
    gained, lost = moved_words(before, now)
    assert [(word.word, word.old, word.new) for word in gained] == [("lunorexa", 0, 1)]
    assert lost == []


def test_a_mix_of_one_value_is_what_it_was() -> None:
    notes = [PeriodNote(f"N{n}", f"H{n % 20}", brand="Dermiqo") for n in range(60)]
    aspect = mix_drift(Period.of("old", notes), Period.of("new", notes), 0.05)
    assert (aspect.verdict, aspect.why) == ("stable", "one brand in all notes of both periods")
    assert mix_drift(Period.of("old", notes), Period.of("new", notes[:5]), 0.05).verdict == "too few to say"


def test_a_mix_of_which_nothing_is_known_is_not_called_stable() -> None:
    period = Period.of("old", [PeriodNote(f"N{n}", f"H{n % 20}") for n in range(60)])
    aspect = mix_drift(period, period, 0.05)
    assert (aspect.verdict, aspect.why) == ("too few to say", "no note names its channel, brand, country, rep")


def test_bins_hold_as_much_of_the_reference_each_and_fewer_where_it_ties() -> None:
    reference = np.arange(100) / 100
    assert np.bincount(equal_mass_bins(reference, reference)).tolist() == [10] * 10
    assert set(equal_mass_bins(np.ones(50), np.ones(50)).tolist()) == {0}


def test_probabilities_that_no_longer_mean_what_they_say_are_found(draw_period: DrawPeriod) -> None:
    periods = [draw_period(seed, name=name, notes_each=10) for seed, name in ((1, "old"), (2, "new"))]

    def labels(period: Period, shift: float) -> dict[str, frozenset[str]]:
        random = np.random.default_rng(9)
        claims = [c for c in period.statements or () if random.random() < (c.probability or 0.0) - shift]
        found: dict[str, set[str]] = {note.note_id: set() for note in period.notes}
        for claim in claims:
            found[claim.note_id].add(claim.label)
        return {note_id: frozenset(known) for note_id, known in found.items()}

    honest = measure_drift(*periods, truths=Truths(labels(periods[0], 0.0), labels(periods[1], 0.0)))
    assert honest.aspect("calibration").verdict == "stable"
    overconfident = measure_drift(*periods, truths=Truths(labels(periods[0], 0.0), labels(periods[1], 0.2)))
    assert overconfident.drifted == ["calibration"]
    assert overconfident.aspect("calibration").drifted == ("probability above truth", "calibration error")


def test_labels_that_are_not_used_are_told(draw_period: DrawPeriod) -> None:
    drawn = draw_period(1)
    plain = Period.of("plain", drawn.notes)
    found = measure_drift(drawn, plain, truths=Truths({}, {}))
    assert "plain holds no probabilities to hold against the labels given: calibration is not compared" in found.notices
    assert not any("calibration" in notice for notice in measure_drift(drawn, plain).notices)


def claimed(name: str, seed: int, physicians: int, low: float = 0.3, shift: float = 0.0) -> tuple[Period, Labels]:
    """Five claims a physician, each true with its probability less `shift`."""
    random = np.random.default_rng([seed, len(name), physicians])
    notes, claims, labels = [], [], {}
    for number in range(5 * physicians):
        note_id, probability = f"{name}{number}", float(random.uniform(low, 0.95))
        notes.append(PeriodNote(note_id, f"{name} {number // 5}"))
        claims.append(Claim(note_id, "cost barrier", probability, ""))
        labels[note_id] = frozenset({"cost barrier"} if random.random() < probability - shift else ())
    return Period.of(name, notes, statements=claims), labels


def calibration_verdicts(runs: int, old: int, new: int, shift: float = 0.0) -> Counter[str]:
    verdicts: Counter[str] = Counter()
    for seed in range(runs):
        (before, truths), (now, new_truths) = claimed("old", seed, old), claimed("later", seed, new, shift=shift)
        verdicts[calibration_drift(before, now, Truths(truths, new_truths), 0.05 / 7).verdict] += 1
    return verdicts


def test_few_well_calibrated_claims_do_not_look_worse_than_many() -> None:
    """1,500 claims against 50: the error of fifty is larger by chance alone."""
    verdicts = calibration_verdicts(100, 300, 10)
    assert verdicts["drifted"] <= 1
    assert verdicts["stable"] <= 5


def test_a_fifth_as_many_claims_are_enough_to_find_what_is_wrong_with_them() -> None:
    assert calibration_verdicts(10, 300, 60, shift=0.2) == {"drifted": 10}
    assert calibration_verdicts(10, 300, 60)["drifted"] == 0


def test_the_confidence_of_thirty_claims_of_six_physicians_says_too_little() -> None:
    for seed in range(10):
        before, now = claimed("old", seed, 6)[0], claimed("later", seed, 6)[0]
        aspect = confidence_drift(before, now, 0.05 / 7)
        assert aspect.verdict == "too few to say"
        assert len(aspect.changes) == 1


def test_the_stability_index_of_claims_drawn_alike_is_not_large_by_chance() -> None:
    """Of 100 claims a side chance alone makes it about 9 x (1/100 + 1/100) = 0.18."""
    effects = [
        confidence_drift(claimed("old", seed, 20)[0], claimed("later", seed, 20)[0], 0.05).changes[0].effect
        for seed in range(20)
    ]
    assert np.mean(effects) < 0.08


def one_figure(effect: float, p_value: float, low: float, high: float) -> Change:
    return Change(
        what="area under the curve",
        old=0.5,
        new=0.5 + effect,
        difference=Estimate(effect, low, high, 200, 20),
        p_value=p_value,
        effect=effect,
        measure="difference",
        least=0.1,
        detectable=0.4,
        farthest=high,
    )


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (one_figure(0.26, 0.017, 0.007, 0.48), "too few to say"),
        (one_figure(0.26, 0.001, 0.1, 0.4), "drifted"),
        (one_figure(0.02, 0.4, -0.08, 0.12), "too few to say"),
        (one_figure(0.02, 0.3, -0.05, 0.09), "stable"),
    ],
)
def test_a_figure_is_stable_only_where_its_interval_excludes_what_matters(change: Change, verdict: str) -> None:
    sides = Sides.of([f"a{n % 10}" for n in range(100)], [f"b{n % 10}" for n in range(100)])
    assert judged("embeddings", sides, [change], level=0.05 / 7).verdict == verdict


def test_a_period_of_less_than_thirty_days_has_no_number_of_notes_in_thirty() -> None:
    def period(name: str, days: int) -> Period:
        return Period.of(
            name, [PeriodNote(f"{name}{n}", f"{name}{n}", date=date(2026, 1, 1 + n % days)) for n in range(60)]
        )

    facts: Any = measure_drift(period("old", 30), period("new", 29)).aspect("mix").facts
    assert facts["old"]["notes in 30 days"] == 60
    assert facts["new"]["notes in 30 days"] is None


def test_notes_without_labels_say_nothing_of_calibration(draw_period: DrawPeriod) -> None:
    periods = [draw_period(seed, name=name) for seed, name in ((1, "old"), (2, "new"))]
    drift = measure_drift(*periods, truths=Truths({}, {}))
    assert drift.aspect("calibration").verdict == "too few to say"


def test_what_either_side_lacks_is_left_out_and_said() -> None:
    plain = Period.of("plain", [note(f"n{n}", f"H{n}", "some words") for n in range(40)])
    read = Period.of(
        "read",
        [PeriodNote(f"n{n}", f"K{n}") for n in range(40)],
        statements=[Claim("n1", "cost barrier", None, "words")],
    )
    drift = measure_drift(plain, read)
    assert [aspect.name for aspect in drift.aspects] == ["mix"]
    assert drift.notices == (
        "plain holds nothing read out of its notes: labels and confidence are not compared",
        "read holds no texts: text, vocabulary and embeddings are not compared",
        "read holds no probabilities: confidence is not compared",
    )


def test_of_very_many_notes_the_same_ones_are_always_picked() -> None:
    notes = [note(f"n{n:05d}", f"H{n}", "words") for n in range(MOST_NOTES + 500)]
    chosen = picked(notes)
    assert len(chosen) == MOST_NOTES
    assert picked(list(reversed(notes))) == chosen
    assert picked([*notes, note("empty", "H", " ")]) == chosen


def test_the_rarest_values_are_taken_together() -> None:
    def period(name: str) -> Period:
        reps = [f"R{n:02d}" for n in range(30)] + ["R00"] * 30
        return Period.of(name, [PeriodNote(f"{name}{n}", f"{name}{n}", rep_id=rep) for n, rep in enumerate(reps)])

    changes = measure_drift(period("old"), period("new")).aspect("mix").changes
    assert len(changes) == 21
    assert changes[0].what == "rep R00"
    assert changes[-1].what == "rep any other"
    assert sum(change.old for change in changes) == pytest.approx(1)
