"""What the heads see of a text: its sentence vector beside its lexical features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .encoder import Encoder, Vectors
from .lexical import LexicalFeatures


@dataclass(frozen=True)
class Features:
    """Rows of the same texts: `dense` (n, d) unit vectors, `lexical` (n, columns) sparse, unit length a block."""

    dense: Vectors
    lexical: sparse.csr_matrix

    def __len__(self) -> int:
        return int(self.dense.shape[0])

    def rows(self, which: np.ndarray) -> Features:
        """The rows of those numbers, or of that mask."""
        return Features(self.dense[which], self.lexical[which])

    def stacked(self) -> sparse.csr_matrix:
        """One sparse matrix (n, d + columns), as scikit-learn wants it."""
        return sparse.hstack([sparse.csr_matrix(self.dense), self.lexical]).tocsr()


def features_of(texts: Sequence[str], encoder: Encoder, lexical: LexicalFeatures) -> Features:
    """Features of texts, in their order."""
    return Features(encoder.encode(texts), lexical.transform(texts))
