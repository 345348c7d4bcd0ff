"""A subject that no topic covers, in notes written by hand: the run's themes say so."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from hcplens import Annotator, InputError, InsightModel, Run, Taxonomy
from hcplens.embeddings import Encoder
from hcplens.embeddings.loading import load_encoder
from hcplens.inference.emerging_themes import themes_of, themes_page, write_proposal
from hcplens.inference.pipeline import run_files
from hcplens.inference.progress import LineReporter, QuietReporter
from hcplens.inference.run_plan import RunPlan
from hcplens.inference.themes import COLUMNS, PROPOSED_COLUMNS, Theme, ThemeLimits

WASTE = (
    "hates the plastic waste that every single pen leaves behind",
    "all that plastic packaging is a disgrace for the environment",
    "she wants pens that can be recycled instead of plastic waste",
    "upset about the plastic waste, the pens go straight to landfill",
    "the green team complains about plastic waste from our packaging",
    "says the amount of plastic waste per pen is bad for the planet",
    "his clinic goes green and our plastic packaging waste is an embarrassment",
    "embarrassed by our plastic packaging since the practice went green",
    "finds single use plastic out of date and expects us to take the waste back",
    "calls the mountain of plastic packaging a shame",
    "her daughter shames her for the plastic waste she creates",
    "plastic waste is his pet peeve, wants a recycling scheme",
    "complains that nothing of the packaging can be recycled, plastic everywhere",
    "thinks we should do something about plastic waste, as the rival does",
    "nurses are angry about the plastic rubbish",
    "Mrs Quillfeather, 14 Larkspur Lane, moaned about the plastic waste of the pens",
)
KNOWN = (
    "The prior authorisation was denied twice and his nurse spends the mornings on it.",
    "She finds the response very quick in her patients with severe disease.",
    "Worried about liver enzymes since the last case.",
    "The copay is too high for most of her patients.",
    "Loves the monthly dosing.",
)
LOGISTICS = (
    "Met her in the hallway after clinic.",
    "Left a brochure with the front desk.",
    "Lunch with the team on Thursday.",
    "Next visit planned in two weeks.",
    "He was running late today.",
)


def write_notes(path: Path) -> Path:
    """Seventeen physicians; each speaks of the waste once, of what is known and of nothing."""
    rows = [
        {
            "note_id": f"N{number}-{month}",
            "hcp_id": f"H{number}",
            "rep_id": "R1",
            "date": f"2026-0{month}-{10 + number}",
            "brand": "Dermiqo",
            "text": " ".join(
                [LOGISTICS[number % 5], KNOWN[(number + month) % 5], *([f"{waste}."] if month == 6 else [])]
            ),
        }
        for number, waste in enumerate(WASTE)
        for month in (1, 2, 3, 6)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module")
def model() -> InsightModel:
    return InsightModel.default()


@pytest.fixture(scope="module")
def run(model: InsightModel, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("waste")
    notes = write_notes(folder / "notes.jsonl")
    return run_files({"notes": notes}, RunPlan(model, model.taxonomy), folder / "run", QuietReporter())


@pytest.fixture(scope="module")
def themes(run: Run, encoder: Encoder) -> list[Theme]:
    return themes_of(run, encoder, QuietReporter())


def page(themes: list[Theme]) -> str:
    out = StringIO()
    Console(file=out, width=200).print(themes_page(themes, ThemeLimits()))
    return out.getvalue()


def test_what_no_topic_covers_is_one_theme_named_by_its_own_words(themes: list[Theme]) -> None:
    [theme] = themes
    assert "plastic" in theme.words
    assert len(theme.clauses) >= 6
    assert theme.physicians >= 6
    assert not any(clause.text in other for clause in theme.clauses for other in (*KNOWN, *LOGISTICS))
    assert theme.trend == "rising"
    assert sum(drives < 0.5 for drives in theme.driving) > len(theme.clauses) / 2


def test_nothing_shown_names_a_patient(run: Run, themes: list[Theme], tmp_path: Path) -> None:
    write_proposal(tmp_path / "topics.yaml", run, themes)
    shown = page(themes) + json.dumps([theme.to_json() for theme in themes])
    for text in (shown, (tmp_path / "topics.yaml").read_text(encoding="utf-8")):
        assert "Quillfeather" not in text
        assert "Larkspur" not in text
    assert (tmp_path / "topics.yaml").stat().st_mode & 0o077 == 0


def test_a_page_shows_counts_days_and_words(themes: list[Theme]) -> None:
    shown = page(themes)
    assert f"{len(themes[0].clauses)} clauses by {themes[0].physicians} physicians, ↑ rising" in shown
    assert "2026-06" in shown
    assert f"“{themes[0].quotes[0].text}”" in shown


def test_the_proposal_is_a_taxonomy_that_reads_the_theme(
    run: Run, themes: list[Theme], model: InsightModel, tmp_path: Path
) -> None:
    proposal = write_proposal(tmp_path / "topics.yaml", run, themes)
    assert Taxonomy.load(tmp_path / "topics.yaml") == proposal
    reader = Annotator(model.for_taxonomy(proposal))
    [note] = reader.annotate(["He is annoyed by the plastic waste of the pens. Parking was easy."])
    assert themes[0].id in {statement.topic for statement in note.statements}


def test_nothing_alike_is_no_theme_and_the_page_says_so(run: Run, encoder: Encoder) -> None:
    found = themes_of(run, encoder, QuietReporter(), limits=ThemeLimits(physicians=17))
    assert found == []
    assert "No theme: nothing outside the topics was said alike" in page(found)


def test_an_unknown_brand_is_named(run: Run, encoder: Encoder) -> None:
    with pytest.raises(InputError, match="knows no brand 'Nope'; it has Dermiqo"):
        themes_of(run, encoder, QuietReporter(), brand="Nope")


def test_progress_and_counts_are_told(run: Run, encoder: Encoder) -> None:
    told = StringIO()
    themes_of(run, encoder, LineReporter(told), brand="Dermiqo")
    assert "clauses: " in told.getvalue()
    assert "note: 1 theme with" in told.getvalue()


def naming(name: str, description: str, completion: Callable[..., Any]) -> Callable[..., Any]:
    """An endpoint that calls everything the same."""
    said = json.dumps({"name": name, "description": description, "known_topic": "none"})
    return lambda body, time: completion(said)


def test_a_language_model_may_name_a_theme_in_its_physicians_words(
    run: Run,
    themes: list[Theme],
    hcplens: Callable[..., Any],
    serving: Callable[..., Any],
    completion: Callable[..., Any],
    tmp_path: Path,
) -> None:
    script = naming("Plastic waste", "Physicians on the plastic waste.", completion)
    with serving(script) as server:
        asking = ("--llm-model", server.url, "--llm-name", "mini", "--llm-cache", tmp_path / "answers.sqlite")
        told, topics = hcplens("themes", run.folder, *asking, "--format", "json"), tmp_path / "topics.yaml"
        rows = hcplens("themes", run.folder, *asking, "--format", "csv", "--propose", topics).out
        page = hcplens("themes", run.folder, *asking).out
    assert told.code == 0, told.err
    assert len(server.bodies) == 1
    [found] = told.json
    assert (found["name"], found["words"], found["id"]) == ("Plastic waste", themes[0].own_name, themes[0].id)
    assert found["proposal"]["model"] == "mini"
    [row] = csv.DictReader(StringIO(rows))
    assert tuple(row) == (*COLUMNS, *PROPOSED_COLUMNS)
    assert (row["name"], row["proposed_by"]) == ("Plastic waste", "mini")
    assert f"named by mini, in words of the physicians: {themes[0].own_name}" in " ".join(page.split())
    assert "“Physicians on the plastic waste.”" in page
    proposed = Taxonomy.load(topics).topics[-1]
    assert (proposed.id, proposed.name) == (themes[0].id, "Plastic waste")
    sent = json.dumps(server.bodies)
    assert "Quillfeather" not in sent
    assert "PATIENT" not in sent


def test_a_name_in_other_words_is_refused_and_told(
    run: Run,
    themes: list[Theme],
    hcplens: Callable[..., Any],
    serving: Callable[..., Any],
    completion: Callable[..., Any],
) -> None:
    with serving(naming("Sustainability", "What matters.", completion)) as server:
        told = hcplens("themes", run.folder, "--llm-model", server.url, "--llm-name", "mini", "--format", "json")
    assert told.json == [theme.to_json() for theme in themes]
    assert "“Sustainability”: no two of its physicians say “sustainability”" in " ".join(told.err.split())


def test_options_of_a_language_model_need_one(hcplens: Callable[..., Any], run: Run) -> None:
    told = hcplens("themes", run.folder, "--llm-name", "mini")
    assert told.code == 2
    assert "--llm-name is for a language model" in " ".join(told.err.split())
