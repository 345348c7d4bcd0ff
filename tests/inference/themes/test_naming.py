from __future__ import annotations

from hcplens.inference.themes.naming import WordCounts, words_in

from .conftest import said

TRAVEL = [
    said("the fridge is a problem when travelling", "H1"),
    said("no fridge on the road, says Brandt", "H2"),
    said("fridges while travelling with Dermiqo", "H3"),
    said("campers, campers, campers and campers", "H3"),
]
OTHERS = ["a problem with the copay", "problem with the form", "problem again", "what a problem"]


def test_names_are_words_of_several_physicians_that_others_do_not_use() -> None:
    counts = WordCounts([*(clause.text for clause in TRAVEL), *OTHERS], words_in(["Dermiqo", "Dr. Eva Brandt"]))
    assert counts.name(TRAVEL) == ("fridge", "travelling")


def test_a_word_that_everybody_uses_tells_little() -> None:
    clauses = [said("fridge problem", "H1"), said("fridge problem", "H2")]
    assert WordCounts(["fridge problem", "fridge problem", *OTHERS], ()).name(clauses) == ("fridge", "problem")


def test_placeholders_and_stop_words_name_nothing() -> None:
    clauses = [said("[PATIENT_NAME] said that it is not", hcp) for hcp in ("H1", "H2")]
    assert WordCounts([clause.text for clause in clauses], ()).name(clauses) == ()
