"""Columns about a physician or visitor as features of a reward model."""

from __future__ import annotations

import zlib

import numpy as np

from ..metrics import Floats
from .text_columns import Numbered, is_number

ONE_HOT_VALUES = 32
"""A column of words with more values than this is hashed into so many places (Weinberger et al., 2009)."""
FEW_NUMBERS = 10
"""A column of numbers with more values than this is one feature, in units of its standard deviation."""


def column_features(column: Numbered) -> Floats:
    """Features (n, d) of one column: its values one-hot, hashed where they are many, or a standardised number."""
    if len(column.names) > FEW_NUMBERS and all(map(is_number, column.names)):
        values = np.asarray([float(name) for name in column.names])[column.numbers]
        if np.isfinite(values).all() and values.std() > 0:
            return np.asarray((values - values.mean()) / values.std())[:, None]
    if len(column.names) <= ONE_HOT_VALUES:
        return np.asarray(np.eye(len(column.names))[column.numbers])
    places = np.asarray([zlib.crc32(name.encode()) % ONE_HOT_VALUES for name in column.names])
    return np.asarray(np.eye(ONE_HOT_VALUES)[places[column.numbers]])
