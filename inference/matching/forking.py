"""Work on tables shared out among forked processes, which have all that this one has without loading or copying it."""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

import pyarrow as pa
from threadpoolctl import threadpool_limits

from ...errors import HcplensError

Item = TypeVar("Item")


def in_processes(work: Callable[[Sequence[Item]], pa.Table], items: Sequence[Item], workers: int) -> pa.Table:
    """The tables of consecutive shares of the items, one after the other: what `work` says of all of them.

    `work` must not need what a fork lacks: other threads. It computes in one thread there.

    Raises:
        HcplensError: a process failed; its error is told.
    """
    shares = _shares(items, workers)
    if len(shares) < 2:
        return work(items)
    children: list[_Child] = []
    try:
        for share in shares:
            children.append(_Child(work, share))
        return pa.concat_tables([child.table() for child in children])
    finally:
        for child in children:
            child.end()


class _Child:
    """One process and the table that it sends."""

    def __init__(self, work: Callable[[Sequence[Item]], pa.Table], share: Sequence[Item]) -> None:
        context = multiprocessing.get_context("fork")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(work, share, sender), daemon=True)
        self._process.start()
        sender.close()

    def table(self) -> pa.Table:
        try:
            told = self._receiver.recv_bytes()
            if told != _DONE:
                raise HcplensError(told.decode())
            with open(self._receiver.fileno(), "rb", closefd=False) as pipe:
                table = pa.ipc.open_stream(pipe).read_all()
        except (EOFError, pa.ArrowException) as e:
            raise self._ended() from e
        self._process.join()
        if self._process.exitcode:
            raise self._ended()
        return table

    def _ended(self) -> HcplensError:
        self._process.terminate()
        self._process.join()
        return HcplensError(f"a process ended with exit code {self._process.exitcode} and no answer")

    def end(self) -> None:
        """Leave no process behind, whatever it was doing."""
        self._process.terminate()
        self._process.join()
        self._receiver.close()


_DONE = b""
"""Goes before the table; anything else is an error."""


def _run(work: Callable[[Sequence[Item]], pa.Table], share: Sequence[Item], sender: Connection) -> None:
    import torch

    gc.disable()  # a collection would copy every page that it looks at, and there are no cycles to find
    torch.set_num_threads(1)  # the threads of the parent did not come along
    try:
        with threadpool_limits(1):
            table = work(share)
    except Exception as e:
        sender.send_bytes(f"{type(e).__name__}: {e}".encode())
        return
    sender.send_bytes(_DONE)
    with open(sender.fileno(), "wb", closefd=False) as pipe, pa.ipc.new_stream(pipe, table.schema) as writer:
        writer.write_table(table)


def _shares(items: Sequence[Item], workers: int) -> list[Sequence[Item]]:
    """As many as there are workers, as equal as can be, none of them empty."""
    size = -(-len(items) // max(1, workers))
    return [items[start : start + size] for start in range(0, len(items), size)] if size else []
