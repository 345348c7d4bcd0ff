import pytest

from hcplens.inference.triage import Triage, find_identifiers, redact, triage_text, unread_reason

LONG = 100_000


def test_flags_point_into_the_raw_note_and_show_without_the_patient() -> None:
    text = "Nice lunch. pt Jane Holloway hospitalized after dose 2."
    triaged = triage_text(text)
    (flag,) = triaged.flags
    assert (flag.kind, text[flag.start : flag.end]) == (
        "adverse_event",
        "pt Jane Holloway hospitalized after dose 2",
    )
    assert triaged.redacted.overlaps(flag.start, flag.end)
    assert triaged.redacted.shown(flag.start, flag.end).endswith("[PATIENT_NAME] hospitalized after dose 2")
    assert triaged.redacted == redact(text, find_identifiers(text))
    assert triaged.unread is None


def test_a_known_name_is_passed_on() -> None:
    assert Triage(frozenset({"okafor"})).of("Mrs Okafor fell asleep").redacted.identifiers == ()


def test_a_german_note_is_not_read_but_its_flags_stand() -> None:
    triaged = triage_text("Frau Lindqvist hatte Ausschlag nach der zweiten Spritze und wurde in der Klinik behandelt")
    assert triaged.unread == "language: de"
    assert [flag.kind for flag in triaged.flags] == ["adverse_event"]
    assert triaged.redacted.text.startswith("[PATIENT_NAME]")
    assert "Lindqvist" not in triaged.redacted.text


@pytest.mark.parametrize(
    "text",
    [
        "Praxisbudget voll, she says no til Q3, Regress fear",
        "PA denied 2x Tricare appeal pending Thursday lunch",
        "Objection: Kosten | Next step: call back",
        "zufrieden",
        "",
        "12.03. 14:00",
        "Dr. has now no more so big fear, Leitlinie is good for us",
    ],
)
def test_what_may_be_english_or_is_too_short_is_read(text: str) -> None:
    assert unread_reason(text) is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Arzt hat keine Zeit, die Krankenkasse lehnt alles ab", "de"),
        ("Médecin très satisfait, mais la patiente a peur des aiguilles", "fr"),
        ("El doctor no quiere cambiar a sus pacientes estables", "es"),
    ],
)
def test_what_is_surely_another_language_is_named(text: str, language: str) -> None:
    assert unread_reason(text) == f"language: {language}"


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "!",
        "rash ",
        "pt Aa ",
        "Mrs ",
        "A.",
        "@",
        "a@a.",
        "\u200b",
        "Aa Bb ",
        "12 Main ",
        "1-",
        "no ",
        "((",
        "e\u0301",
        "\ufdfa",
    ],
)
def test_a_huge_note_of_anything_keeps_its_words(unit: str) -> None:
    text = (unit * LONG)[:LONG]
    triaged = triage_text(text)
    assert triaged.redacted.to_original(0, len(triaged.redacted.text)) == (0, LONG)
    assert all(0 <= flag.start < flag.end <= LONG for flag in triaged.flags)


def test_a_harm_at_the_end_of_a_huge_note_is_found() -> None:
    text = "all is well here " * 6_000 + ". pt hospitalized after dose 2"
    (flag,) = triage_text(text).flags
    assert text[flag.start : flag.end] == "pt hospitalized after dose 2"


def test_thousands_of_different_patients_in_one_note_are_all_found() -> None:
    names = [f"Ann {first}{second}{third}stone" for first in "BCDFG" for second in "aeiou" for third in "bcdfglmnprst"]
    text = ". ".join(f"pt {name} improved" for name in names)
    redacted = triage_text(text).redacted.text
    assert "stone" not in redacted
    assert redacted.count("[PATIENT_NAME]") > 0.9 * len(names)  # "improved" may be taken for a part of a name
