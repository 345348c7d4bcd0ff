from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hcplens.embeddings.loading import load_window_tagger, window_tagger
from hcplens.embeddings.model_files import body_digest
from hcplens.embeddings.tagging import Claims, TagScheme, TrainedTagger
from hcplens.embeddings.tagging.bodies import load_body
from hcplens.embeddings.tagging.network import TagNetwork
from hcplens.embeddings.tagging.weights import trained_arrays
from hcplens.errors import InputError

SCHEME = TagScheme(("cost", "supply"), (("now", "past"),), chosen=1)
TEXTS = ["the price is too high", "saw the doctor", "the price is too high"]


@pytest.fixture(scope="module")
def untrained(tiny_encoder: Path) -> TrainedTagger:
    weights = trained_arrays(TagNetwork(load_body(tiny_encoder), SCHEME))
    claims = Claims(np.ones(2), np.zeros(2), np.full(2, 0.5))
    return TrainedTagger(weights, SCHEME, claims, body_digest(tiny_encoder), digest="d")


def test_a_tagger_over_another_transformer_is_refused_before_it_is_loaded(
    untrained: TrainedTagger, tiny_encoder: Path
) -> None:
    other = replace(untrained, body_digest="ab" * 32)
    with pytest.raises(InputError, match=r"SHA-256 abababababababab…, but .*tiny-encoder.* has .*--encoder"):
        window_tagger(other, tiny_encoder)
    with pytest.raises(InputError, match="but the default encoder has 53aa51172d142c89…"):
        window_tagger(untrained)


def test_what_a_row_depends_on_is_in_the_digest(untrained: TrainedTagger, tiny_encoder: Path) -> None:
    digests = [window_tagger(one, tiny_encoder).digest for one in (untrained, replace(untrained, digest="e"))]
    assert digests[0] != digests[1]
    assert window_tagger(untrained, tiny_encoder).digest == digests[0]


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_rows_from_the_cache_are_those_of_the_tagger(
    untrained: TrainedTagger, tiny_encoder: Path, tmp_path: Path, precision: str
) -> None:
    plain = window_tagger(untrained, tiny_encoder, precision=precision)  # type: ignore[arg-type]
    first, second = (
        load_window_tagger(untrained, tiny_encoder, precision=precision, cache_folder=tmp_path)  # type: ignore[arg-type]
        for _ in range(2)
    )
    rows = first.encode(TEXTS)
    assert np.allclose(rows, plain.encode(TEXTS), atol=1e-4 if precision == "float32" else 2e-2)
    assert np.array_equal(rows, second.encode(TEXTS))
    assert np.array_equal(rows[0], rows[2])
    assert np.array_equal(rows[:, 4:8], plain.encode(TEXTS)[:, 4:8])  # places survive half precision
    assert list((tmp_path / "vectors").glob(f"{plain.digest[:16]}-{precision}.sqlite"))


def test_places_at_the_end_of_the_longest_window_survive_half_precision() -> None:
    from hcplens.embeddings.tagging.windows import LONGEST

    places = np.arange(LONGEST + 1, dtype=np.float32)
    assert np.array_equal(places.astype(np.float16).astype(np.float32), places)
