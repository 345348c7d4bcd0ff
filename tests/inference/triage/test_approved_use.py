import pytest

from hcplens.inference.triage import ApprovedUse, ApprovedUses, Triage, find_flags

LABEL = {
    "brand": "Nordavex",
    "indication": "Chronic plaque psoriasis",
    "population": "Adults aged 18 and over; not indicated in pustular psoriasis, atopic dermatitis or eGFR below 30",
    "line": "After methotrexate; not first line",
    "dose": "150 mg at weeks 0 and 4, then every 8 weeks",
    "contraindications": "Active tuberculosis; pregnancy; strong CYP3A4 inducers (e.g. rifampicin)",
}


def kinds(text: str, **changed: str) -> list[str]:
    use = ApprovedUse.of(LABEL | changed)
    return [flag.detector for flag in find_flags(text, [use]) if flag.kind == "off_label"]


@pytest.mark.parametrize(
    "text",
    [
        "Asked about data in atopic dermatitis.",
        "He has two pts with pustular psoriasis on it.",
        "wants to try a 16 y/o with knees like bark",
        "She uses it at eGFR 24 and is content",
        "Moved one to every six weeks since the last visit",
        "went up to 300 mg in the heavy ones",
        "asked if she could start it upfront",
        "one lady pregnant on it, goes on using it",
        "a man with latent tuberculosis was started last week",
        "gave it on top of rifampicin",
    ],
)
def test_what_the_label_excludes_is_flagged(text: str) -> None:
    assert kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Asked about data in plaque psoriasis.",
        "wants to try a 61 y/o with knees like bark",
        "She uses it at eGFR 64 and is content",
        "Moved all of them to every 8 weeks",
        "gave 150 mg this morning",
        "Parking at the tuberculosis museum again",
        "the CYP lecture was dull",
    ],
)
def test_what_the_label_allows_is_not(text: str) -> None:
    assert kinds(text) == []


def test_a_child_is_no_unusual_patient_of_a_product_for_children() -> None:
    text = "Tried it in a 9 year old."
    assert [flag.detector for flag in find_flags(text) if flag.kind == "off_label"] == ["rule:population"]
    assert kinds(text) == ["rule:outside_label"]
    assert kinds(text, population="Children and adults aged 6 and over") == []
    assert kinds("Tried it in a 4 year old.", population="Aged 6 years and over") == ["rule:outside_label"]


def test_a_use_that_one_of_two_indications_covers_is_on_label() -> None:
    other = LABEL | {"population": "Adolescents from 12 years", "line": "", "contraindications": "", "dose": "75 mg"}
    uses = ApprovedUses.of([LABEL, other])
    triage = Triage(approved=uses)
    assert not [f for f in triage.of("started a 14 y/o, all fine", "nordavex").flags if f.kind == "off_label"]
    assert [f for f in triage.of("started a 11 y/o, all fine", "NORDAVEX ").flags if f.kind == "off_label"]


def test_every_spelling_of_a_brand_has_its_label() -> None:
    uses = ApprovedUses.of([LABEL])
    assert uses.of_brand("NORDAVEX ®") == uses.of_brand("Nordavex") != ()


def test_a_brand_without_label_is_read_by_the_other_rules() -> None:
    uses = ApprovedUses.of([LABEL])
    assert uses.of_brand("Other") == ()
    assert uses.of_brand(None) == ()
    assert not Triage(approved=uses).of("He has two pts with pustular psoriasis on it.", "Other").flags


def test_a_label_that_says_nothing_excludes_nothing() -> None:
    assert kinds("went up to 300 mg in a man of 95", **dict.fromkeys(LABEL, "")) == []
    empty = ApprovedUse.of({"brand": "X"})
    assert empty == ApprovedUse()


def test_bounds_are_read_in_either_direction() -> None:
    heart = ApprovedUse.of({"indication": "Heart failure with LVEF 40% or less", "contraindications": "eGFR below 20"})
    assert [(m.name, m.bound, m.above) for m in heart.measures] == [("lvef", 40.0, True), ("egfr", 20.0, False)]
    assert heart.measures[0].excludes(41)
    assert not heart.measures[0].excludes(40)
    assert heart.measures[1].excludes(19)
    assert not heart.measures[1].excludes(20)


@pytest.mark.parametrize(
    ("population", "youngest"),
    [
        ("Adults aged 18 and over", 18),
        ("Adults", 18),
        ("Adults and adolescents aged 12 to 17", 12),
        ("children from 6 years", 6),
        ("patients aged at least 16 years", 16),
        ("≥ 12 years of age", 12),
        ("infants and older", 0),
        ("6 months and older", 0),
        ("aged 18 and over; not indicated under 12 years", 18),
        ("adults with a BMI over 30", 18),
        ("LVEF 40 or above", None),
        ("children", None),
        ("", None),
    ],
)
def test_the_youngest_age_is_read_from_the_population(population: str, youngest: int | None) -> None:
    assert ApprovedUse.of({"brand": "X", "population": population}).youngest == youngest


def test_commas_part_the_thousands_of_a_dose() -> None:
    assert ApprovedUse.of({"brand": "X", "dose": "1,000 mg once daily; 62.5 mcg"}).doses == {"mg": 1000.0, "mcg": 62.5}
    assert kinds("gave 1,000 mg this morning", dose="1,000 mg at once") == []
    assert kinds("gave 1,500 mg this morning", dose="1,000 mg at once") == ["rule:outside_label"]
