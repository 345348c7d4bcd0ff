"""From token scores to the words that show a label: the best run of tokens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CROSSING = 16.0
"""What a run pays in log-odds for each clause it goes on into (chosen on the benchmark notes)."""


def best_runs(
    scores: NDArray[np.float32], firsts: NDArray[np.float32], lasts: NDArray[np.float32], cuts: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last token (B, K), both inclusive, of the run with the largest sum.

    The sum is of the scores (B, T, K) of its tokens, plus how well its first token begins a run (`firsts`, (B, T)) and
    its last one ends it (`lasts`, (B, T)), less CROSSING for every later token of it that is one of `cuts` (B, T).
    Kadane's algorithm (Bentley, 1984) over all texts and labels at once: the best start so far is kept. The earlier run
    wins a tie; T > 0. Tokens that no run may contain have scores of minus infinity or nearly so.
    """
    batch, length, labels = scores.shape
    best = np.full((batch, labels), -np.inf)
    here = np.full((batch, labels), -np.inf)
    begins = np.zeros((batch, labels), dtype=np.int64)
    first, last = begins.copy(), begins.copy()
    for token in range(length):
        here[cuts[:, token]] -= CROSSING
        anew = firsts[:, token, None] > here
        begins[anew] = token
        here = np.maximum(here, firsts[:, token, None]) + scores[:, token]
        ended = here + lasts[:, token, None]
        better = ended > best
        best[better], first[better], last[better] = ended[better], begins[better], token
    return first, last
