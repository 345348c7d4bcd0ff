from __future__ import annotations

import sys
from pathlib import Path

import pytest

from hcplens.cli import main
from hcplens.eval.gold_data import TIMELINES
from hcplens.eval.gold_data import gold_notes as shipped_notes
from hcplens.eval.results import read_result
from hcplens.inference.insights import InsightModel


def test_a_users_model_over_a_users_encoder_is_measured(
    small_model: InsightModel, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_model.save(tmp_path / "mine")
    notes = tmp_path / "notes.jsonl"
    notes.write_text("".join(note.model_dump_json() + "\n" for note in shipped_notes(TIMELINES)[:8]), encoding="utf-8")
    options = ["--data", notes, "--model", tmp_path / "mine", "--encoder", tiny_encoder, "-o", tmp_path / "result"]
    monkeypatch.setattr(sys, "argv", ["hcplens", "eval", "run", "notes", *map(str, options), "--quiet"])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert not stopped.value.code
    result = read_result(tmp_path / "result")
    assert result.provenance.model == f"mine (SHA-256 {small_model.digest[:16]})"
    assert result.provenance.encoder == small_model.encoder_digest
    assert result.provenance.scored_by == {"notes": "8 notes by the model as given, which was not trained on them"}
