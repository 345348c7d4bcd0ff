"""Work shared out among threads that each compute in one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from hcplens.embeddings.threads import MOST_THREADS, in_threads

ALLOWED = 3


@pytest.fixture(autouse=True)
def allowed() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(ALLOWED)
    yield
    torch.set_num_threads(before)


def test_what_is_found_comes_in_the_order_of_the_items() -> None:
    assert in_threads(lambda number: number * number, range(100)) == [number * number for number in range(100)]
    assert in_threads(str, []) == []


def test_items_are_worked_on_at_the_same_time_in_one_thread_each() -> None:
    all_there = threading.Barrier(ALLOWED, timeout=30)

    def work(_: int) -> tuple[int, int]:
        all_there.wait()
        return threading.get_ident(), torch.get_num_threads()

    found = in_threads(work, range(ALLOWED))
    assert len({thread for thread, _ in found}) == ALLOWED
    assert {threads for _, threads in found} == {1}
    assert torch.get_num_threads() == ALLOWED


@pytest.mark.parametrize("items", [1, 5])
def test_an_error_of_the_work_is_raised_and_leaves_the_threads_as_they_were(items: int) -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda number: 1 // number, [0] * items)
    assert torch.get_num_threads() == ALLOWED
    assert in_threads(abs, [-1, -2]) == [1, 2]


def test_no_more_threads_than_items_or_than_pay() -> None:
    torch.set_num_threads(MOST_THREADS + 4)
    threads = in_threads(lambda _: threading.get_ident(), range(200))
    assert len(set(threads)) <= MOST_THREADS
    assert in_threads(lambda _: threading.get_ident(), [0]) == [threading.get_ident()]


def test_work_within_work_and_from_other_threads_waits_for_nobody() -> None:
    def outer(number: int) -> list[int]:
        return in_threads(lambda other: number + other, range(3))

    assert in_threads(outer, range(4)) == [[number, number + 1, number + 2] for number in range(4)]
    with ThreadPoolExecutor(8) as callers:
        assert list(callers.map(outer, range(40))) == [[number, number + 1, number + 2] for number in range(40)]
    assert torch.get_num_threads() == ALLOWED
