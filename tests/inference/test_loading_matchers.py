"""A matcher over what lies on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hcplens
from hcplens.embeddings import SentenceTransformerEncoder
from hcplens.errors import InputError
from hcplens.inference.catalogue import index_catalogue
from hcplens.inference.progress import QuietReporter
from hcplens.inference.runs import Run

MODULE = {
    "module_id": "M1",
    "brand": "Dermiqo",
    "title": "Prior authorisation and payer coverage",
    "text": "How coverage is approved.",
    "status": "approved",
    "approved_at": "2026-01-01",
    "expires_at": "2027-01-01",
    "countries": ["US"],
    "language": "en",
    "channels": ["video"],
    "audiences": ["cardiology"],
}


@pytest.fixture(scope="module")
def run(spoken: Callable[..., Any], published: Callable[..., Run]) -> Run:
    hcp = {"hcp_id": "H1", "specialty": "cardiology", "country": "US", "language": "en"}
    return published([spoken("2026-09-01", hcp_id="H1")], hcps=[hcp])


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / "modules.jsonl"
    path.write_text(json.dumps(MODULE) + "\n")
    return path


def test_a_run_and_a_catalogue_are_loaded_by_their_names(
    run: Run, modules: Path, default_encoder: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    index_catalogue(modules, tmp_path / "index", default_encoder, QuietReporter())
    matchers = [
        hcplens.ContentMatcher.load(str(run.folder), str(modules), encoder=default_encoder),
        hcplens.ContentMatcher.load(run.folder, tmp_path / "index", encoder=default_encoder),
        hcplens.ContentMatcher.load(run, modules, encoder=default_encoder),
    ]
    first, *others = [matcher.match("H1", "Dermiqo").to_json() for matcher in matchers]
    assert others == [first, first]
    assert (first["as_of"], [module["module_id"] for module in first["modules"]]) == (run.as_of.isoformat(), ["M1"])


def test_a_run_that_keeps_no_catalogue_needs_one_named(run: Run, default_encoder: SentenceTransformerEncoder) -> None:
    with pytest.raises(InputError, match="name the catalogue with --modules"):
        hcplens.ContentMatcher.load(run, encoder=default_encoder)
