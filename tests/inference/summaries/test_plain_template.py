"""The plain template, word for word."""

from __future__ import annotations

from dataclasses import replace

from hcplens.inference.summaries import Fact, plain_summary

Facts = tuple[Fact, ...]


def test_what_is_open_comes_first_and_then_what_is_over_the_stage_and_the_wishes(facts: Facts) -> None:
    summary = plain_summary(facts)
    assert [sentence.text for sentence in summary.sentences] == [
        "Held back by payer coverage (open since 10 September 2026) and supply (reopened 2 August 2026 by the rep's "
        "guess); moved by efficacy (open since 3 March 2026).",
        "No longer a barrier: cost (resolved 1 May 2026); adoption stage: trial; prefers email; avoids phone.",
    ]
    assert summary.sentences[0].statements == ("note N1 14-52", "survey S1", "note N4 5-9", "note N2 0-9")
    assert [fact.subject for fact in summary.sentences[1].facts] == ["cost", "adoption_stage", "email", "phone"]
    assert summary.footnote is None


def test_a_sentence_of_which_nothing_is_known_is_left_out(facts: Facts) -> None:
    assert plain_summary(()).sentences == ()
    [only] = plain_summary(facts[5:]).sentences
    assert only.text == "Prefers email; avoids phone."


def test_names_keep_the_capitals_that_are_their_own() -> None:
    named = [Fact("x", name, polarity="driver", state="open") for name in ("US payers", "HbA1c", "Quality of life")]
    [sentence] = plain_summary(named).sentences
    assert sentence.text == "Moved by US payers (open), HbA1c (open) and quality of life (open)."


def test_quotations_are_never_in_it(facts: Facts) -> None:
    loud = [replace(fact, quotes=("LOUD",)) for fact in facts]
    assert plain_summary(loud) != plain_summary(facts)
    assert all("LOUD" not in sentence.text for sentence in plain_summary(loud).sentences)
