"""Training the identifier network from labelled notes, with other names put in their place again and again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, relu

from ...embeddings.model_files import default_model_folder
from ...embeddings.tagging.bodies import load_body, word_embeddings
from ...embeddings.word_pieces import word_pieces
from .identifier_network import REACH, TABLES, IdentifierNetwork
from .marked_notes import UNCOMMON, LessonOptions, Lessons, MarkedNote, MarkedWords
from .words import FAMILIARITIES, FORMS, PIECES, SHAPES, familiarity_of, numbers_of

_ROWS = (FORMS, PIECES, PIECES, SHAPES, FAMILIARITIES)


@dataclass(frozen=True)
class IdentifierOptions(LessonOptions):
    """How the network is trained, besides what it goes through.

    Attributes:
        rate: highest learning rate.
        width: of an embedding.
        hidden: of a layer.
        layers: convolutions, each over REACH words.
        weight: of a word that identifies beside one that does not: recall comes before precision.
        forgotten: share of the uncommon words whose form is hidden, so that the words around them count.
    """

    epochs: int = 9
    repeats: int = 4
    rate: float = 2e-3
    width: int = 64
    hidden: int = 128
    layers: int = 4
    weight: float = 3.0
    forgotten: float = 0.5


class _Net(nn.Module):
    def __init__(self, options: IdentifierOptions, dimension: int) -> None:
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(rows, options.width, padding_idx=0) for rows in _ROWS)
        self.pieces = nn.Linear(dimension, options.width, bias=False)
        self.enter = nn.Linear(options.width, options.hidden)
        around = (nn.Conv1d(options.hidden, options.hidden, REACH, padding=REACH // 2) for _ in range(options.layers))
        self.around = nn.ModuleList(around)
        self.answer = nn.Linear(options.hidden, 1)
        self.dropout = nn.Dropout(0.3)

    def forward(self, rows: Tensor, known: Tensor) -> Tensor:
        """Log-odds (B, T) of words given as rows (B, T, 5) and vectors of their pieces (B, T, dimension).

        A word of which nothing is known is padding.
        """
        there = (rows[..., -1] > 0)[..., None]
        hidden = torch.stack([table(rows[..., i]) for i, table in enumerate(self.tables)]).sum(0)
        hidden = relu(self.enter(self.dropout(hidden + self.pieces(known)))) * there
        for layer in self.around:
            more = relu(layer(self.dropout(hidden).transpose(1, 2))).transpose(1, 2)
            hidden = hidden + more * there
        answer: Tensor = self.answer(self.dropout(hidden))
        return answer[..., 0]


def train_identifiers(
    notes: Sequence[MarkedNote],
    options: IdentifierOptions | None = None,
    *,
    seen: Callable[[int, int], None] = lambda steps, of: None,
) -> IdentifierNetwork:
    """Fit the network; the same notes and seed give the same one.

    Args:
        notes: with the identifiers marked, all of them; at least one has some.
        options: how.
        seen: told after every epoch how many are done, of how many.
    """
    options = options or IdentifierOptions()
    familiarity = familiarity_of(note.text for note in notes)
    chance = random.Random(options.seed)
    lessons = Lessons(notes, familiarity, options, chance)
    with torch.random.fork_rng():
        torch.manual_seed(options.seed)
        vectors = _PieceVectors()
        net = _Net(options, vectors.dimension)
        _fit(net, lessons, vectors, familiarity, options, chance, seen)
    return IdentifierNetwork(_arrays(net.eval(), vectors), familiarity)


def _fit(
    net: _Net,
    lessons: Lessons,
    vectors: _PieceVectors,
    familiarity: Mapping[str, int],
    options: IdentifierOptions,
    chance: random.Random,
    seen: Callable[[int, int], None],
) -> None:
    steps = options.epochs * lessons.steps
    optimizer = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, (step + 1) / 100) * max(0.0, 1 - step / steps)
    )
    weight = torch.tensor(options.weight)
    net.train()
    for epoch in range(options.epochs):
        for batch in lessons.epoch():
            rows, truth, there = _tensors(batch, familiarity, options.forgotten, chance)
            losses = binary_cross_entropy_with_logits(
                net(rows, vectors.of(batch)), truth, reduction="none", pos_weight=weight
            )
            optimizer.zero_grad()
            loss = (losses * there).sum() / there.sum()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        seen(epoch + 1, options.epochs)


def _tensors(
    notes: Sequence[MarkedWords], familiarity: Mapping[str, int], forgotten: float, chance: random.Random
) -> tuple[Tensor, Tensor, Tensor]:
    """Rows (B, T, 5), whether each word identifies (B, T), whether there is one (B, T)."""
    longest = max(len(note.words) for note in notes)
    rows = np.zeros((len(notes), longest, len(TABLES)), dtype=np.int64)
    truth = np.zeros((len(notes), longest), dtype=np.float32)
    there = np.zeros((len(notes), longest), dtype=np.float32)
    for i, note in enumerate(notes):
        for j, word in enumerate(note.words):
            numbers = numbers_of(word, familiarity)
            uncommon = familiarity.get(word.lower(), 0) < UNCOMMON
            forget = chance.random() < (forgotten if uncommon else forgotten / 10)
            rows[i, j] = (0 if forget else numbers[0], *numbers[1:])
        truth[i, : len(note.words)] = note.marked
        there[i, : len(note.words)] = 1
    return torch.from_numpy(rows), torch.from_numpy(truth), torch.from_numpy(there)


class _PieceVectors:
    """The mean of the default encoder's vectors of a word's pieces; they are not trained."""

    def __init__(self) -> None:
        table = word_embeddings(load_body(default_model_folder())).weight
        self.table: NDArray[np.float32] = cast(Tensor, table).detach().numpy()
        self.dimension = int(self.table.shape[1])
        self._remembered = lru_cache(maxsize=65_536)(self._of_word)

    def of(self, notes: Sequence[MarkedWords]) -> Tensor:
        """Vectors (B, T, dimension)."""
        vectors = np.zeros((len(notes), max(len(note.words) for note in notes), self.dimension), dtype=np.float32)
        for i, note in enumerate(notes):
            for j, word in enumerate(note.words):
                vectors[i, j] = self._remembered(word)
        return torch.from_numpy(vectors)

    def _of_word(self, word: str) -> NDArray[np.float32]:
        pieces = word_pieces(word)
        return np.asarray(self.table[pieces].mean(axis=0) if pieces else np.zeros(self.dimension, np.float32))


def _arrays(net: _Net, vectors: _PieceVectors) -> dict[str, NDArray[np.float32]]:
    """The weights by the names that IdentifierNetwork knows, convolutions as (REACH, in, out)."""
    weights = {name: array.numpy() for name, array in net.state_dict().items()}
    found = {table: weights[f"tables.{number}.weight"] for number, table in enumerate(TABLES)}
    found |= {"pieces": vectors.table @ weights["pieces.weight"].T}
    found |= {"enter": weights["enter.weight"].T, "enter.bias": weights["enter.bias"]}
    for number in range(len(net.around)):
        found[f"around.{number}"] = weights[f"around.{number}.weight"].transpose(2, 1, 0)
        found[f"around.{number}.bias"] = weights[f"around.{number}.bias"]
    found |= {"answer": weights["answer.weight"][0], "answer.bias": weights["answer.bias"]}
    return {name: np.ascontiguousarray(array) for name, array in found.items()}
