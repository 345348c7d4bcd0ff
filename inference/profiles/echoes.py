"""Echoes: what is merely said again counts once.

A statement echoes an earlier one of the same subject if the same holder says the same (status) and either the same
voice (source and rep) was heard within 14 days, or the words are the same: notes are copied from call to call.
"""

from __future__ import annotations

import numpy as np

from .ordering import Numbers, together
from .said import Said, in_turn

ECHO_DAYS = 14


def without_echoes(said: Said) -> Said:
    """The statements that count: the first of each echo, with the highest probability that the echo was read with.

    The 14 days run from the one that counts, so that a worry voiced every week counts anew every third week.
    """
    counted = _counted(said)
    probability = said.probability.copy()
    np.maximum.at(probability, counted, said.probability)
    return said.with_probability(probability).of_rows(counted == np.arange(len(said)))


def _counted(said: Said) -> Numbers:
    """(n,) the row that each row echoes, or itself."""
    voices, voice = np.unique(together(said.subject, said.voice), return_inverse=True)
    worded = _first_worded(said)
    counted = np.arange(len(said))
    heard = np.full(len(voices), -1)  # of each voice the last row that counts
    for rows in in_turn(said.subject):
        last = heard[voice[rows]]
        is_soon = (last >= 0) & (said.day[rows] - said.day[last] <= ECHO_DAYS)
        counted[rows] = np.where(worded[rows] < rows, counted[worded[rows]], np.where(is_soon, last, rows))
        new = rows[counted[rows] == rows]
        heard[voice[new]] = new
    return counted


def _first_worded(said: Said) -> Numbers:
    """(n,) the first row of the subject with the same words, holder and status; itself where there are no words."""
    _, first, wording = np.unique(together(said.subject, said.wording), return_index=True, return_inverse=True)
    return np.where(said.wording >= 0, first[wording], np.arange(len(said)))
