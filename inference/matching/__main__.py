"""`python -m hcplens.inference.matching MODULES…`: learn the reader of topics that ships from labelled modules."""

from __future__ import annotations

import sys
from pathlib import Path

from ...embeddings.loading import load_encoder
from ...prompts.taxonomy import Taxonomy
from .labelled_modules import read_labelled_modules
from .topic_training import fit_topic_reader


def main() -> None:
    """Write the folder `model` beside this file."""
    modules = read_labelled_modules([Path(name) for name in sys.argv[1:]])
    fit_topic_reader(modules, Taxonomy.default(), load_encoder()).save(Path(__file__).parent / "model")


if __name__ == "__main__":
    main()
