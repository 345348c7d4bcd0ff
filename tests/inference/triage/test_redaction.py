import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hcplens.inference.triage import Identifier, find_identifiers, name_forms, placeholder, redact
from hcplens.inference.triage.identifier_reader import IdentifierReader
from hcplens.inference.triage.identifiers import KINDS, identifiers_by_rules
from hcplens.inference.triage.plain_text import PlainText


def redacted(text: str, *known: str) -> str:
    """By the rules alone."""
    plain = PlainText.of(text)
    found = identifiers_by_rules(plain, name_forms(known))
    return redact(text, (Identifier(*plain.original(one.start, one.end), one.kind) for one in found)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pt Jane Holloway had a rash", "pt [PATIENT_NAME] had a rash"),
        ("Mrs Edda Quill fell", "[PATIENT_NAME] fell"),
        ("PT K. MORAND (DOB 7/14/79) ADMITTED", "PT [PATIENT_NAME] (DOB [DATE_OF_BIRTH]) ADMITTED"),
        ("Frau Lindqvist, geb. 03.11.1957", "[PATIENT_NAME], geb. [DATE_OF_BIRTH]"),
        ("patient (K.L., 1961) flared", "patient ([PATIENT_NAME], 1961) flared"),
        ("a man, initials R.T., fell", "a man, initials [PATIENT_NAME], fell"),
        ("R Harlow dob 8/8/66 got it", "[PATIENT_NAME] dob [DATE_OF_BIRTH] got it"),
        ("lady called Sue Parrish fainted", "lady called [PATIENT_NAME] fainted"),
        ("Tom Barrow's appeal was denied", "[PATIENT_NAME]'s appeal was denied"),
        ("mr hoskins walked out", "[PATIENT_NAME] walked out"),
        ("Pt. Mary Jones stopped", "Pt. [PATIENT_NAME] stopped"),
        ("pts Mary Jones and others", "pts [PATIENT_NAME] and others"),
        ("pts Mary Jones and Tom Hill came", "pts [PATIENT_NAME] and [PATIENT_NAME] came"),
        ("pt JOHN SMITH", "pt [PATIENT_NAME]"),
        ("pt MARIA", "pt [PATIENT_NAME]"),
        ("Mr JOHN SMITH", "[PATIENT_NAME]"),
        ("MR SMITH SAID NO", "[PATIENT_NAME] SAID NO"),
        ("PATIENT JOHN SMITH, MRN 55820", "PATIENT [PATIENT_NAME], [RECORD_NUMBER]"),
    ],
)
def test_a_patients_name_is_told_by_the_words_around_it(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pt Ann Lee had a rash. Lee is better", "pt [PATIENT_NAME] had a rash. [PATIENT_NAME] is better"),
        ("Patient Mary Jones fell. Mary likes it", "Patient [PATIENT_NAME] fell. [PATIENT_NAME] likes it"),
        ("pt Will Hay fell. Will follow up", "pt [PATIENT_NAME] fell. Will follow up"),
    ],
)
def test_every_word_of_a_name_is_found_again_unless_it_is_ordinary(text: str, expected: str) -> None:
    assert redacted(text) == expected


def test_a_surname_once_told_is_found_again() -> None:
    assert redacted("pt Ann Castell improved. Castell's mum is happy") == (
        "pt [PATIENT_NAME] improved. [PATIENT_NAME]'s mum is happy"
    )


def test_a_physician_of_the_same_surname_stays() -> None:
    assert redacted("Dr Smith on pt Eve Smith: fine, says Dr Smith") == (
        "Dr Smith on pt [PATIENT_NAME]: fine, says Dr Smith"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Frau Dr. Albrecht liked it",
        "Herr Prof. Stein was away",
        "Mr Patel, consultant surgeon, liked it",
        "Mrs Bell the practice manager",
        "pt started on Dermiqo",
        "pts Dermiqo asked for",
        "Dr. Anna Okafor and Prof Brandt spoke",
        "patient support program",
        "Monday's refill",
        "pt On hold",
        "PT TOOK DOUBLE DOSE BY MISTAKE",
        "PT DEVELOPED RASH",
        "PATIENTS LIKE IT",
        "pt COPD",
        "good for her pt. Discussed Dermiqo",
        "good for pts. Discussed Dermiqo",
    ],
)
def test_who_is_no_patient_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_known_name_stays_even_after_a_title() -> None:
    text = "Mr Patel and Mrs Okafor, pt Dermiqo"
    assert redacted(text, "Mr. Raj Patel, FRCS", "Dr Anna Okafor", "Dermiqo") == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mrn 55820 rash", "[RECORD_NUMBER] rash"),
        ("member # BW-55192", "[RECORD_NUMBER]"),
        ("NHS 943 476 5919", "NHS [NATIONAL_ID]"),
        ("SSN 123-45-6789", "SSN [NATIONAL_ID]"),
        ("ssn 123 45 6789", "ssn [NATIONAL_ID]"),
        ("DOB: 12-Mar-1956", "DOB: [DATE_OF_BIRTH]"),
        ("DOB 12/Mar/1956", "DOB [DATE_OF_BIRTH]"),
        ("DOB 12MAR1956", "DOB [DATE_OF_BIRTH]"),
        ("call her at 555-123-4567", "call her at [PHONE]"),
        ("Tel. 030 1234567", "Tel. [PHONE]"),
        ("write a.b@clinic.org", "write [EMAIL]"),
        ("lives at 12 Oak Street", "lives at [ADDRESS]"),
        ("wohnt Lindenstraße 14b", "wohnt [ADDRESS]"),
        ("pt in room 412", "pt in [ADDRESS]"),
        ("93-year-old lady", "[AGE_OVER_89] lady"),
        ("born on 3 March 1948", "born on [DATE_OF_BIRTH]"),
        ("a woman (12.03.1979)", "a woman ([DATE_OF_BIRTH])"),
    ],
)
def test_numbers_and_contacts_that_identify_are_replaced_by_their_kind(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "next visit 04/12/2026 or 5/6/26",
        "next visit 12-Mar-2026",
        "BP 140/90, 120 mg for 12 wks",
        "titrate 10-20-40 mg",
        "n=1200 over 2019-2021",
        "lot # 88231",
        "meeting in room 4",
        "88-year-old",
        "aged 90% of stock",
        "A1c 9.4 to 7.1",
        "$400 a month x 12",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redacted(text) == text


@pytest.mark.parametrize("between", ["\u200b", "\u00ad", "\u202e", "\x07"])
def test_an_invisible_character_inside_a_name_hides_nothing(between: str) -> None:
    assert redacted(f"M{between}rs Hollo{between}way fell") == "[PATIENT_NAME] fell"
    assert redacted(f"mrn 55{between}820") == "[RECORD_NUMBER]"


def test_a_patient_who_shares_a_physicians_surname_is_still_a_patient() -> None:
    text = "pt Eve Okafor fell, Okafor dob 1/2/1950"
    assert redacted(text, "Dr Anna Okafor") == "pt [PATIENT_NAME] fell, [PATIENT_NAME] dob [DATE_OF_BIRTH]"
    assert redacted("Okafor dob 1/2/1950", "Dr Anna Okafor") == "[PATIENT_NAME] dob [DATE_OF_BIRTH]"


def test_offsets_lead_both_ways() -> None:
    text = "pt Jo Hay, dob 1/2/1950, flared"
    result = redact(text, [Identifier(3, 9, "patient_name"), Identifier(15, 23, "date_of_birth")])
    assert result.text == "pt [PATIENT_NAME], dob [DATE_OF_BIRTH], flared"
    flared = result.text.index("flared")
    assert result.to_original(flared, flared + 6) == (25, 31)
    assert result.to_redacted(25, 31) == (flared, flared + 6)
    assert result.to_original(5, 8) == (3, 9)
    assert result.to_original(0, len(result.text)) == (0, len(text))
    assert result.shown(11, 31) == "dob [DATE_OF_BIRTH], flared"
    assert result.overlaps(8, 10)
    assert not result.overlaps(9, 15)
    assert not result.overlaps(24, 31)


@pytest.mark.parametrize(
    "identifiers",
    [
        [Identifier(0, 4, "patient_name"), Identifier(3, 6, "phone")],
        [Identifier(2, 2, "patient_name")],
        [Identifier(5, 99, "patient_name")],
    ],
)
def test_identifiers_that_cannot_be_replaced_are_refused(identifiers: list[Identifier]) -> None:
    with pytest.raises(ValueError, match="overlaps another, is empty, or leaves the text"):
        redact("ten letter", identifiers)


@st.composite
def texts_with_identifiers(draw: st.DrawFn) -> tuple[str, list[Identifier]]:
    text = draw(st.text(min_size=1, max_size=60))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pairs = [pair for pair in zip(cuts[::2], cuts[1::2], strict=False) if pair[0] < pair[1]]
    return text, [Identifier(start, end, draw(st.sampled_from(KINDS))) for start, end in pairs]


@given(texts_with_identifiers())
def test_a_placeholder_leads_back_to_its_exact_words_and_all_else_is_kept(case: tuple[str, list[Identifier]]) -> None:
    text, identifiers = case
    result = redact(text, identifiers)
    rebuilt, position = [], 0
    for identifier in identifiers:
        begin, end = result.to_redacted(identifier.start, identifier.end)
        assert result.text[begin:end] == placeholder(identifier.kind)
        assert result.to_original(begin, end) == (identifier.start, identifier.end)
        rebuilt += [result.text[position:begin], text[identifier.start : identifier.end]]
        position = end
    assert "".join((*rebuilt, result.text[position:])) == text


@given(texts_with_identifiers(), st.data())
def test_words_outside_identifiers_map_one_to_one(case: tuple[str, list[Identifier]], data: st.DataObject) -> None:
    text, identifiers = case
    result = redact(text, identifiers)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    touches = any(i.start < end and start < i.end for i in identifiers)
    assert result.overlaps(start, end) == touches
    begin, finish = result.to_redacted(start, end)
    if not touches:
        assert result.text[begin:finish] == text[start:end]
        assert result.to_original(begin, finish) == (start, end)
    else:
        wide = result.to_original(begin, finish)
        assert wide[0] <= start < end <= wide[1]


_PIECES = (
    "pt", "Mrs", "Dr", "Jane", "Holloway", "dob", "1/2/1950", "mrn", "55820", "a@b.org", "room", "412", "\u200b", "93",
    "yo", ",", "(", ".", "\n", "Frau", "von", "called", "12", "Oak", "St",
)  # fmt: skip


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(_PIECES), max_size=30).map(" ".join)))
def test_identifiers_are_sorted_within_the_text_and_do_not_overlap(text: str) -> None:
    found = find_identifiers(text)
    position = 0
    for identifier in found:
        assert position <= identifier.start < identifier.end <= len(text)
        assert identifier.kind in KINDS
        position = identifier.end


def test_identifiers_that_share_one_character_of_the_original_are_one() -> None:
    plain = PlainText.of("pt Ann \ufb01eld")  # the ligature is two characters of the plain copy
    found = find_identifiers("pt Ann \ufb01eld")
    assert plain.text == "pt Ann field"
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    assert "Ann" not in redact("pt Ann \ufb01eld", found).text


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("pt Ann Castell improved", "pt Ann Castell", "[PATIENT_NAME] improved"),
        ("pt Ann Castell improved", "pt", "pt [PATIENT_NAME] improved"),
        ("Seen: Patient Yael, well", "Patient Yael", "Seen: [PATIENT_NAME], well"),
        ("the next patient waits", "patient", "the next patient waits"),
        ("Luc D. stopped", "Luc D", "[PATIENT_NAME] stopped"),
        ("Luc D. (41) stopped", "Luc D", "[PATIENT_NAME] (41) stopped"),
        ("So did Luc D. He stopped", "Luc D", "So did [PATIENT_NAME]. He stopped"),
        ("So did Luc D.", "Luc D", "So did [PATIENT_NAME]."),
        ("Mrs Castell Ó Briain fell", "Ó", "[PATIENT_NAME] Briain fell"),
        ("Mrs Castell-ter Horst fell", "ter Horst", "[PATIENT_NAME] fell"),
    ],
)
def test_a_cue_goes_with_the_identifier_that_the_network_marks_it_with(
    monkeypatch: pytest.MonkeyPatch, text: str, marked: str, expected: str
) -> None:
    start = text.index(marked)
    monkeypatch.setattr(IdentifierReader, "spans", lambda *_: [[(start, start + len(marked))]])
    assert redact(text, find_identifiers(text)).text == expected
