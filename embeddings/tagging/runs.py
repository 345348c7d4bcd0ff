"""Runs of tokens: how likely each is to be the words that show a label.

The log-score of a run is the sum over its tokens, plus how well its first token begins one and its last one ends it,
less CROSSING for every later token of it that begins a clause. It falls apart into what the first token says and what
the last one says, so that all runs are summed in one sweep.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

CROSSING = 16.0
"""What a run pays in log-odds for each clause it goes on into (chosen on the benchmark notes)."""
BOUNDS_COUNT = 2.0
"""Weight of what the ends of a run say, beside the sum over its tokens (chosen on the benchmark notes)."""
SHARPNESS = 0.5
"""Share of the log-scores that counts when runs are weighed against each other (chosen on the benchmark notes)."""
_STEPS = 4
"""Rates tried for the best ratio: two or three settle it."""
_NO_RUN = -1e4


class Runs(NamedTuple):
    """Of n texts of T tokens, one label each: the run from token i to j ≥ i has the log-score begins[i] + ends[j].

    `begins` and `ends` (n, T); where a token stands for no words, no run begins or ends. `clauses` (n, T) counts the
    clauses that begin up to a token.
    """

    begins: Tensor
    ends: Tensor
    clauses: Tensor

    @classmethod
    def of(cls, tokens: Tensor, bounds: Tensor, wordless: Tensor, cuts: Tensor) -> Runs:
        """The runs of texts.

        Args:
            tokens: log-odds (n, T) that a token shows the label.
            bounds: log-odds (n, T, 2) that it is the first, or the last, of words that show any.
            wordless: whether (n, T) it stands for no words.
            cuts: whether (n, T) it begins a clause after the first.
        """
        scores = tokens.masked_fill(wordless, 0.0)
        so_far, clauses = scores.cumsum(1), cuts.cumsum(1)
        paid = CROSSING * clauses
        begins = scores - so_far + paid + BOUNDS_COUNT * bounds[..., 0]
        ends = so_far - paid + BOUNDS_COUNT * bounds[..., 1]
        return cls(begins.masked_fill(wordless, _NO_RUN), ends.masked_fill(wordless, _NO_RUN), clauses)

    def total(self) -> Tensor:
        """Logarithm (n,) of the sum over all runs."""
        return (self.ends + self.begins.logcumsumexp(1)).logsumexp(1)

    def likeliest(self) -> tuple[Tensor, Tensor]:
        """First and last token (n,), both inclusive, of the run with the highest score."""
        best, best_at = self.begins.cummax(1)
        last = (best + self.ends).argmax(1)
        return best_at.gather(1, last[:, None])[:, 0], last

    def most_telling(self, widths: Tensor) -> tuple[Tensor, Tensor]:
        """First and last token (n,), both inclusive, of the run that may be expected to show most of the true words.

        Not the likeliest run, but the one whose expected F1 in characters is highest (minimum Bayes risk decoding: Goel
        and Byrne, 2000), with the length of the true one at its mean. A ratio is highest where its numerator less a
        rate times its denominator is (Dinkelbach, 1967), and the best run for a rate is found in one sweep (Kadane's
        algorithm: Bentley, 1984). It lies within the clauses that the likeliest run lies in, nearly always one.

        Args:
            widths: characters (n, T) that each token stands for.
        """
        barred = (self.begins <= _NO_RUN) | self._outside(*self.likeliest())
        inside = self._shares() * widths
        shared, covered, true_length = inside.cumsum(1), widths.cumsum(1), inside.sum(1)
        rate = torch.full_like(true_length, 0.5)
        for _ in range(_STEPS):
            first, last = _rising_most(2 * shared - rate[:, None] * covered, barred)
            rate = 2 * _between(shared, first, last) / (_between(covered, first, last) + true_length)
        return first, last

    def _outside(self, first: Tensor, last: Tensor) -> Tensor:
        """Which tokens (n, T) lie in other clauses than those from a token `first` to a token `last` (n,)."""
        from_clause, to_clause = (self.clauses.gather(1, token[:, None]) for token in (first, last))
        return (self.clauses < from_clause) | (self.clauses > to_clause)

    def _shares(self) -> Tensor:
        """How likely each token (n, T) lies in the true run."""
        begins, ends = SHARPNESS * self.begins, SHARPNESS * self.ends
        begun, still = begins.logcumsumexp(1), ends.flip(1).logcumsumexp(1).flip(1)
        total = (begun + ends).logsumexp(1, keepdim=True)
        return (begun + still - total).exp().masked_fill(self.begins <= _NO_RUN, 0.0)


def _rising_most(so_far: Tensor, barred: Tensor) -> tuple[Tensor, Tensor]:
    """First and last token (n,), none `barred`, of the run over which sums (n, T) from the first token on rise most."""
    before = torch.cat([torch.zeros_like(so_far[:, :1]), so_far[:, :-1]], dim=1)
    lowest, lowest_at = before.masked_fill(barred, torch.inf).cummin(1)
    last = (so_far - lowest).masked_fill(barred, -torch.inf).argmax(1)
    return lowest_at.gather(1, last[:, None])[:, 0], last


def _between(so_far: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Sum (n,) over the tokens from `first` to `last`, of sums (n, T) from the first token on."""
    until = so_far.gather(1, last[:, None])[:, 0]
    before = so_far.gather(1, (first - 1).clamp(min=0)[:, None])[:, 0]
    return until - torch.where(first > 0, before, 0.0)
