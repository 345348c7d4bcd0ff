from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hcplens import load_encoder
from hcplens.embeddings import Encoder
from hcplens.eval.suites import SuiteContext
from hcplens.inference.insights import InsightModel
from hcplens.inference.progress import QuietReporter
from hcplens.prompts import Taxonomy

WithModel = Callable[[Path | None], SuiteContext]


@pytest.fixture(scope="session")
def with_model(hashing_encoder: Encoder, tiny_encoder: Path) -> WithModel:
    """The context of a model folder trained over the tiny transformer."""
    return lambda model: SuiteContext(hashing_encoder, QuietReporter(), model, encoder_folder=tiny_encoder)


@pytest.fixture(scope="session")
def small_context(
    small_model: InsightModel, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> SuiteContext:
    """The default encoder, for modules, and the small model, for notes and answers; topics with their examples."""
    folder, vectors = tmp_path_factory.mktemp("small-model"), tmp_path_factory.getbasetemp() / "vectors"
    replace(small_model, taxonomy=Taxonomy.default()).save(folder)
    return SuiteContext(load_encoder(cache_folder=vectors), QuietReporter(), folder, encoder_folder=tiny_encoder)
