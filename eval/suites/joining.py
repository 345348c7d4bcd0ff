"""Findings of several suites, or of several kinds of data, as one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from .suite import Findings


def joined(found: Sequence[Findings]) -> Findings:
    """Everything that was found, in order."""
    return Findings(
        figures=tuple(chain.from_iterable(part.figures for part in found)),
        item_sets=tuple(chain.from_iterable(part.item_sets for part in found)),
        reliability=tuple(chain.from_iterable(part.reliability for part in found)),
        confusions=tuple(chain.from_iterable(part.confusions for part in found)),
        examples=tuple(chain.from_iterable(part.examples for part in found)),
        data={name: digest for part in found for name, digest in part.data.items()},
        scored_by={items: how for part in found for items, how in part.scored_by.items()},
        notices=tuple(dict.fromkeys(chain.from_iterable(part.notices for part in found))),
    )
