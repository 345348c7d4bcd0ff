"""Texts of several lengths through a transformer together, so that it meets few shapes.

The arithmetic library compiles a program for every number of rows that it multiplies, which takes as long as
multiplying some hundred, and keeps parts of it for good: with batches of any shape, memory grows for as long as a
process runs. Most of a transformer looks at one token at a time. There the tokens of all texts stand in one long row,
filled up to a round number; only attention takes the batches of equal length one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor
from torch.nn.functional import pad, scaled_dot_product_attention
from transformers import BertModel, PreTrainedModel
from transformers.models.bert.modeling_bert import BertLayer

FILLED_TO = 256
"""Rows are filled up to a multiple of this."""
LOOKED_AT = 16
"""So are the tokens that are looked at: attention takes up to twice as long over other numbers of them."""


class Batch(NamedTuple):
    """Texts of equal padded length: token numbers (B, T), a mask (B, T) that is 1 where there is a token, and types."""

    ids: Tensor
    mask: Tensor
    types: Tensor | None = None


def token_vectors(body: PreTrainedModel, batches: Sequence[Batch]) -> list[Tensor]:
    """Vectors (B, T, D) of the tokens of each batch; a body other than BERT reads one batch after the other."""
    if not isinstance(body, BertModel):
        return [body(input_ids=batch.ids, attention_mask=batch.mask)[0] for batch in batches]
    hidden = _embedded(body, batches)
    seen = [_seen_tokens(batch) for batch in batches]
    for layer in body.encoder.layer:
        hidden = _through(cast(BertLayer, layer), hidden, batches, seen)
    return [part.view(*batch.ids.shape, -1) for part, batch in zip(_parts(hidden, batches), batches, strict=True)]


def _embedded(body: BertModel, batches: Sequence[Batch]) -> Tensor:
    """The long row (N, D) of all tokens, before the first layer."""
    ids = torch.cat([batch.ids.flatten() for batch in batches])
    places = torch.cat([torch.arange(batch.ids.shape[1]).repeat(len(batch.ids)) for batch in batches])
    filling = (0, -len(ids) % FILLED_TO)
    types = torch.cat(
        [batch.ids.new_zeros(batch.ids.numel()) if batch.types is None else batch.types.flatten() for batch in batches]
    )
    embedded: Tensor = body.embeddings(
        input_ids=pad(ids, filling)[None],
        token_type_ids=pad(types, filling)[None],
        position_ids=pad(places, filling)[None],
    )
    return embedded[0]


def _through(layer: BertLayer, hidden: Tensor, batches: Sequence[Batch], seen: Sequence[Tensor | None]) -> Tensor:
    """What a layer makes of the long row."""
    own = layer.attention.self
    looked = torch.zeros_like(hidden)
    asked = (_parts(project(hidden), batches) for project in (own.query, own.key, own.value))
    for place, batch, mask, *parts in zip(_parts(looked, batches), batches, seen, *asked, strict=True):
        shape = (*batch.ids.shape, own.num_attention_heads, own.attention_head_size)
        query, key, value = (part.view(shape) for part in parts)
        found = scaled_dot_product_attention(
            query.transpose(1, 2), _filled(key).transpose(1, 2), _filled(value).transpose(1, 2), attn_mask=mask
        )
        place.view(shape).copy_(found.transpose(1, 2))
    attended = layer.attention.output(looked, hidden)
    transformed: Tensor = layer.output(layer.intermediate(attended), attended)
    return transformed


def _seen_tokens(batch: Batch) -> Tensor | None:
    """Which tokens of a text are looked at, with the filling (B, 1, 1, S); None where all are."""
    seen = pad(batch.mask.bool(), (0, -batch.mask.shape[1] % LOOKED_AT))
    return None if bool(seen.all()) else seen[:, None, None, :]


def _filled(vectors: Tensor) -> Tensor:
    """Vectors (B, T, H, D) of tokens that are looked at, filled up."""
    missing = -vectors.shape[1] % LOOKED_AT
    return pad(vectors, (0, 0, 0, 0, 0, missing)) if missing else vectors


def _parts(row: Tensor, batches: Sequence[Batch]) -> Iterator[Tensor]:
    """The stretch of the long row that belongs to each batch."""
    start = 0
    for batch in batches:
        yield row[start : start + batch.ids.numel()]
        start += batch.ids.numel()
