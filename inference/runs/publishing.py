"""A folder appears whole or not at all."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import HcplensError, InputError
from .manifest import MANIFEST

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


@contextmanager
def published_folder(target: Path, *, marker: str = MANIFEST) -> Iterator[Path]:
    """A temporary folder beside `target` to fill; it takes the target's place when the block ends without an error.

    Another process that writes to the same target is an error. What a killed process left is cleared. An existing
    target is replaced only if it holds the `marker` file, and stays as it is until the very moment of the exchange.

    Raises:
        InputError: the target exists and holds something else, or its parent cannot be written to.
        HcplensError: another run is writing there, or the disk is full.
    """
    require_publishable(target, marker=marker)
    target = target.resolve()
    partial = target.with_name(f".{target.name}.partial")
    with clear_os_errors(target):
        lock = locked(partial, lambda: partial.mkdir(parents=True, exist_ok=True))
        try:
            _clear(partial)
            yield partial
            _sync(partial)
            _exchange(partial, target)
            _sync_folder(target.parent)
            shutil.rmtree(partial, ignore_errors=True)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        finally:
            os.close(lock)


@contextmanager
def clear_os_errors(target: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a message; what was published before is untouched by then."""
    try:
        yield
    except OSError as e:
        if e.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise HcplensError(
                f"no room left while writing {target}: {e.strerror}; nothing published was changed"
            ) from e
        if e.errno in (errno.EACCES, errno.EROFS, errno.EPERM, errno.ENOTDIR):
            raise InputError(f"cannot write {target}: {e.strerror}") from e
        raise


def require_publishable(target: Path, *, marker: str = MANIFEST) -> None:
    """Raise InputError where the target exists, is not empty and holds no `marker` of ours."""
    if target.exists() and not _is_ours(target / marker) and not _is_empty_folder(target):
        raise InputError(f"{target} exists and hcplens did not make it: choose another folder")


def _is_ours(marker: Path) -> bool:
    """Others write files of these names too; ours say which digests they vouch for."""
    try:
        record = json.loads(marker.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(record, dict) and not record.keys().isdisjoint({"hcplens", "weights_sha256"})


def _is_empty_folder(path: Path) -> bool:
    return path.is_dir() and not any(path.iterdir())


def locked(partial: Path, make: Callable[[], None]) -> int:
    """An open, locked descriptor of what is being written; the lock ends with the process, however it ends.

    Args:
        partial: the temporary file or folder.
        make: makes it unless it is there.

    Raises:
        HcplensError: another process holds it.
    """
    while True:
        make()
        descriptor = os.open(partial, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as e:
            os.close(descriptor)
            raise HcplensError(f"another process is writing {partial}: wait for it, or choose another folder") from e
        if partial.exists() and os.fstat(descriptor).st_ino == partial.stat().st_ino:
            return descriptor
        os.close(descriptor)  # it was published or removed between opening and locking


def _clear(folder: Path) -> None:
    for child in folder.iterdir():
        if child.is_dir():
            shutil.rmtree(child)
        else:
            child.unlink()


def _sync(folder: Path) -> None:
    for child in folder.iterdir():
        if child.is_dir():
            _sync(child)
            continue
        with child.open("rb") as file:
            os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _exchange(partial: Path, target: Path) -> None:
    """Put `partial` in the target's place; in one step also where the target exists (Linux renameat2)."""
    if not target.exists():
        partial.rename(target)
        return
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except AttributeError:
        renameat2 = None
    if renameat2 and not renameat2(_AT_FDCWD, os.fsencode(partial), _AT_FDCWD, os.fsencode(target), _RENAME_EXCHANGE):
        return
    aside = target.with_name(f".{target.name}.previous")
    shutil.rmtree(aside, ignore_errors=True)
    target.rename(aside)
    partial.rename(target)
    shutil.rmtree(aside, ignore_errors=True)
