"""Work shared out among threads that each compute in one.

Several threads on one small product wait for each other more than they gain, and sum it in another order than one does.
Products that each stay in one thread keep every core at work, and their numbers are the same on any number of cores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")

MOST_THREADS = 16
"""Beyond this the Python between the products holds them up, and every thread takes memory."""

_LOCK = Lock()
"""Held by the work that has the cores."""


def in_threads(work: Callable[[Item], Found], items: Sequence[Item]) -> list[Found]:
    """What `work` gives for each item, in as many threads as torch may use, while torch uses one in each.

    Work that comes while other work has the cores goes one item after the other. The first error of `work` is raised.
    """
    import torch

    if not _LOCK.acquire(blocking=False):
        return list(map(work, items))
    allowed = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        count = min(allowed, MOST_THREADS, len(items))
        if count < 2:
            return list(map(work, items))
        with ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,)) as threads:
            return list(threads.map(work, items))
    finally:
        torch.set_num_threads(allowed)
        _LOCK.release()
