"""`python -m hcplens.inference.themes GOLD…`: learn the attitude that ships from labelled notes."""

from __future__ import annotations

import sys
from pathlib import Path

from ...embeddings.loading import load_encoder
from ..insights import read_gold
from .attitude import LabelledClauses, fit_attitude


def main() -> None:
    """Write `model/attitude.json` beside this file."""
    clauses = LabelledClauses.of(read_gold([Path(name) for name in sys.argv[1:]]))
    fit_attitude(clauses, load_encoder()).save(Path(__file__).parent / "model")


if __name__ == "__main__":
    main()
