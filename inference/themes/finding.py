"""Clauses → themes: those with an attitude, in no known neighbourhood, clustered, of physicians enough, named."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ...embeddings.encoder import Encoder, Vectors
from ...embeddings.linkage import average_linkage
from ...prompts import POLARITIES, Taxonomy
from ..progress import Done, Reporter
from .attitude import Attitude
from .naming import WordCounts
from .neighbourhoods import known_shares
from .open_clauses import Clauses, OpenClause
from .theme import Theme, trend_of

LEAST_COSINE = 0.35
"""Mean cosine from which clusters are one, and beyond which a neighbour counts; chosen on the training corpus."""
STATES_FROM = 0.5
"""P(a clause states anything) from which it may be of a theme."""
KNOWN_TO = 0.4
"""Share of its neighbourhood up to which a clause is none of what is known; chosen on the training corpus."""
_AT_ONCE = 2048


@dataclass(frozen=True)
class ThemeLimits:
    """How many physicians and clauses a theme has at least: what one physician says is none."""

    physicians: int = 3
    clauses: int = 5


def find_themes(
    clauses: Clauses,
    taxonomy: Taxonomy,
    encoder: Encoder,
    attitude: Attitude,
    reporter: Reporter,
    *,
    texts: Sequence[date],
    as_of: date,
    limits: ThemeLimits | None = None,
    names: Collection[str] = (),
) -> list[Theme]:
    """Themes by how many physicians have them, most first.

    Args:
        clauses: what is claimed and what is not.
        taxonomy: its examples are known as well as what is claimed.
        encoder: turns clauses into vectors.
        attitude: tells clauses that state something.
        reporter: hears of progress.
        texts: the day of each text that was read.
        as_of: the day to look from.
        limits: how large a theme is.
        names: words that name no theme, such as those of brands and physicians.

    Raises:
        InputError: the encoder is not the one that the attitude was learned with.
    """
    attitude.require_encoder(encoder)
    limits = limits or ThemeLimits()
    words, vectors = _new(clauses, taxonomy, encoder, attitude, reporter)
    said = _said_by(clauses.open)
    counts = WordCounts((*clauses.claimed, *(clause.text for clause in clauses.open)), names)
    taken = set(taxonomy.ids)
    themes = []
    for rows in _groups(words, vectors, said, limits):
        found = [(clause, row) for row in _most_typical(vectors, rows) for clause in said[words[row]]]
        own = [clause for clause, _ in found]
        name = counts.name(own)
        if name:
            drives = attitude.drives(vectors[[row for _, row in found]])
            recent, trend = trend_of([clause.date for clause in own], texts, as_of)
            themes.append(Theme(_new_id(name, taken), name, tuple(own), tuple(map(float, drives)), recent, trend))
    return themes


def _new(
    clauses: Clauses, taxonomy: Taxonomy, encoder: Encoder, attitude: Attitude, reporter: Reporter
) -> tuple[list[str], Vectors]:
    """Distinct words of open clauses that state something unlike what is known, in their order, and their vectors."""
    examples = [text for topic in taxonomy.topics for polarity in POLARITIES for text in topic.examples.of(polarity)]
    known = {**clauses.claimed, **dict.fromkeys(examples, 1.0)}
    words = sorted({clause.text for clause in clauses.open})
    with reporter.stage("clauses", len(words) + len(known), "clauses") as done:
        batches = [encoder.encode(some) for some in _batches(words, done)] or [encoder.encode([])]
        of_known = [encoder.encode(some) for some in _batches(list(known), done)] or [encoder.encode([])]
    vectors = np.concatenate(batches)
    stating = np.flatnonzero(attitude.states(vectors) >= STATES_FROM)
    vectors = vectors[stating]
    with reporter.stage("themes", len(stating), "clauses") as done:
        certainty = np.fromiter(known.values(), dtype=np.float64)
        shares = known_shares(vectors, np.concatenate(of_known), certainty, LEAST_COSINE, done)
    new = np.flatnonzero(shares <= KNOWN_TO)
    return [words[row] for row in stating[new]], vectors[new]


def _batches(words: Sequence[str], done: Done) -> Iterator[Sequence[str]]:
    for start in range(0, len(words), _AT_ONCE):
        some = words[start : start + _AT_ONCE]
        yield some
        done(len(some))


def _said_by(clauses: Sequence[OpenClause]) -> Mapping[str, list[OpenClause]]:
    said: dict[str, list[OpenClause]] = defaultdict(list)
    for clause in clauses:
        said[clause.text].append(clause)
    return said


def _groups(
    words: Sequence[str], vectors: Vectors, said: Mapping[str, list[OpenClause]], limits: ThemeLimits
) -> list[list[int]]:
    """Rows of each cluster that is large enough, by physicians and clauses, most first."""
    groups: dict[int, list[int]] = defaultdict(list)
    for row, label in enumerate(average_linkage(vectors, LEAST_COSINE)):
        groups[int(label)].append(row)
    sized = []
    for rows in groups.values():
        own = [clause for row in rows for clause in said[words[row]]]
        physicians = len({clause.hcp_id for clause in own})
        if physicians >= limits.physicians and len(own) >= limits.clauses:
            sized.append((-physicians, -len(own), rows))
    return [rows for _, _, rows in sorted(sized)]


def _most_typical(vectors: Vectors, rows: list[int]) -> list[int]:
    """The rows by how near they are to the mean of all of them, nearest first."""
    near = vectors[rows] @ vectors[rows].mean(axis=0)
    return [rows[place] for place in np.argsort(-near, kind="stable")]


def _new_id(name: Sequence[str], taken: set[str]) -> str:
    """An id as a taxonomy has them, not taken; it is taken from now on."""
    plain = unicodedata.normalize("NFKD", "_".join(name)).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "theme"
    number = 1
    while (found := stem if number == 1 else f"{stem}_{number}") in taken:
        number += 1
    taken.add(found)
    return found
