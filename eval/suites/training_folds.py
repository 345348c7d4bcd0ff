"""Heads of several folds, trained side by side: every fold has a process of its own, as far as there are cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sklearn.utils.parallel import Parallel, delayed

from ...inference.progress import Reporter

Model = TypeVar("Model")


def trained(jobs: Sequence[Callable[[], Model]], reporter: Reporter) -> Iterator[Model]:
    """What each job gives, in their order; jobs must be picklable."""
    workers = max(1, min(len(jobs), os.cpu_count() or 1))
    with reporter.stage("cross-fitting", len(jobs), "folds") as done:
        for model in Parallel(n_jobs=workers, return_as="generator")(delayed(job)() for job in jobs):
            done(1)
            yield model
