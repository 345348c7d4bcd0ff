from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from hcplens.eval.labelling import Candidate, Strategy, pick_notes
from hcplens.eval.labelling.distinct_texts import SeenTexts, distinct_texts
from hcplens.eval.labelling.doubts import Doubt

WORDS = [
    *("access", "appeal", "biopsy", "budget", "clinic", "copay", "delay", "dose"),
    *("insurer", "label", "nurse", "onset", "patch", "rash", "refill", "titration"),
]


def candidate(
    number: int, unsure: float | None = None, contested: float | None = None, hcp: str = "", text: str = ""
) -> Candidate:
    """Note N<number>; each number has words of its own."""
    words = f"{WORDS[number % 16]} {WORDS[number // 16 % 16]} note{'abcdefghij'[number // 256]}"
    return Candidate(
        note_id=f"N{number:03}",
        hcp_id=hcp or f"H{number}",
        text=text or words,
        stratum=("GB",),
        copies=1,
        uncertain=None if unsure is None else Doubt(-unsure, f"cost.barrier at {unsure}"),
        disagreeing=None if contested is None else Doubt(contested, "cost.barrier"),
    )


def ids(candidates: Sequence[Candidate], count: int, strategy: Strategy, seed: int = 7) -> list[str]:
    return sorted(pick.candidate.note_id for pick in pick_notes(candidates, count, strategy, seed))


def test_the_least_certain_notes_are_picked() -> None:
    candidates = [candidate(number, unsure=abs(number - 5) / 10) for number in range(12)]
    assert ids(candidates, 3, Strategy.UNCERTAIN) == ["N004", "N005", "N006"]


def test_the_notes_of_which_opinions_differ_most_are_picked_and_no_others() -> None:
    candidates = [candidate(number, contested=number / 10 if number > 9 else None) for number in range(12)]
    assert ids(candidates, 1, Strategy.DISAGREEING) == ["N011"]
    assert ids(candidates, 5, Strategy.DISAGREEING) == ["N010", "N011"]


def test_notes_that_the_model_cannot_read_are_picked_at_random_only() -> None:
    candidates = [candidate(0), candidate(1, unsure=0.1)]
    assert ids(candidates, 2, Strategy.UNCERTAIN) == ["N001"]
    assert ids(candidates, 2, Strategy.RANDOM) == ["N000", "N001"]


def test_a_physicians_fourth_note_waits_for_everybody_elses_first() -> None:
    talker = [candidate(number, unsure=0.0, hcp="H1") for number in range(6)]
    others = [candidate(number, unsure=1.0) for number in range(6, 8)]
    assert ids([*talker, *others], 5, Strategy.UNCERTAIN) == ["N000", "N001", "N002", "N006", "N007"]
    assert len(ids([*talker, *others], 8, Strategy.UNCERTAIN)) == 8


def test_a_note_near_identical_to_a_picked_one_is_passed_over() -> None:
    again = "PA was denied twice for the biologic again today"
    candidates = [
        candidate(0, unsure=0.0, text=f"{again}."),
        candidate(1, unsure=0.1, text=f"{again.upper()}!! Sigh"),
        candidate(2, unsure=0.2),
    ]
    assert ids(candidates, 2, Strategy.UNCERTAIN) == ["N000", "N002"]


def test_a_mixed_sample_is_a_third_each_and_says_why() -> None:
    candidates = [candidate(number, unsure=number / 100, contested=1 - number / 100) for number in range(60)]
    picks = pick_notes(candidates, 10, Strategy.MIXED, 7)
    assert Counter(pick.strategy for pick in picks) == {"random": 4, "disagreeing": 3, "uncertain": 3}
    assert len({pick.candidate.note_id for pick in picks}) == 10
    metas = [pick.meta(("country",), 7) for pick in picks]
    assert all(meta["why"] for meta in metas)
    drawn = [meta for meta in metas if meta["picked"] == "random"]
    assert {meta["sampling_probability"] for meta in drawn} == {4 / 60}
    assert drawn[0]["stratum"] == {"country": "GB"}
    assert all("sampling_probability" not in meta for meta in metas if meta["picked"] != "random")


def test_where_too_few_disagree_a_mixed_sample_has_more_uncertain_ones() -> None:
    candidates = [candidate(number, unsure=number / 100) for number in range(60)]
    picks = pick_notes(candidates, 9, Strategy.MIXED, 7)
    assert Counter(pick.strategy for pick in picks) == {"random": 3, "uncertain": 6}


@given(st.permutations(range(40)), st.sampled_from(list(Strategy)), st.integers(0, 3))
def test_the_order_of_the_notes_plays_no_part(order: list[int], strategy: Strategy, seed: int) -> None:
    candidates = [candidate(number, unsure=number % 7 / 10, contested=number % 5 / 10) for number in range(40)]
    picks = pick_notes(candidates, 12, strategy, seed)
    assert pick_notes([candidates[place] for place in order], 12, strategy, seed) == picks


def test_texts_alike_but_for_case_and_punctuation_stand_for_one_another() -> None:
    texts = ["PA took 3 wks!", "pa took 3 wks", "  ", "Loves it", "…"]
    assert distinct_texts(texts, ["N5", "N1", "N2", "N3", "N4"], ["H1"] * 5) == {1: 2, 3: 1}


def test_notes_with_other_figures_are_other_notes() -> None:
    texts = ["A1c 7.1, started 10 mg", "A1c 9.4, started 40 mg"]
    assert distinct_texts(texts, ["N1", "N2"], ["H1", "H1"]) == {0: 1, 1: 1}


def test_the_same_words_of_two_physicians_are_two_notes() -> None:
    assert distinct_texts(["No change."] * 3, ["N1", "N2", "N3"], ["H1", "H2", "H1"]) == {0: 2, 1: 1}


def test_seen_texts_tell_what_is_nearly_the_same() -> None:
    seen = SeenTexts(["one two three four five six"])
    assert not seen.add_if_new("Six five four three two ONE")
    assert seen.add_if_new("one two three four five seven eight")
    assert not seen.add_if_new("one two three four five seven, eight")
