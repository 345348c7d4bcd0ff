from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens import load_encoder
from hcplens.embeddings import Encoder
from hcplens.embeddings.tagging import TrainedTagger, with_claims
from hcplens.eval.suites import SuiteContext
from hcplens.inference.insights import InsightModel
from hcplens.inference.insights.model import flag_label
from hcplens.inference.progress import QuietReporter
from hcplens.inference.records.schemas import FLAG_KINDS
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
    return context_of(small_model, tiny_encoder, tmp_path_factory)


@pytest.fixture(scope="session")
def flagless_context(
    small_model: InsightModel, tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory
) -> SuiteContext:
    """The same, with a model that raises no flags: it knows too little of them, and those of rules stand alone."""
    flagless = replace(small_model, trained=without_flags(small_model.trained))
    return context_of(flagless, tiny_encoder, tmp_path_factory)


def context_of(model: InsightModel, encoder: Path, paths: pytest.TempPathFactory) -> SuiteContext:
    folder, vectors = paths.mktemp("small-model"), paths.getbasetemp() / "vectors"
    replace(model, taxonomy=Taxonomy.default()).save(folder)
    return SuiteContext(load_encoder(cache_folder=vectors), QuietReporter(), folder, encoder_folder=encoder)


def without_flags(trained: TrainedTagger) -> TrainedTagger:
    """The tagger, sure that there are no flags."""
    flags = np.isin(trained.scheme.labels, [flag_label(kind) for kind in FLAG_KINDS])
    intercepts = np.where(flags, -50.0, trained.claims.intercepts)
    return with_claims(trained, replace(trained.claims, intercepts=intercepts))
