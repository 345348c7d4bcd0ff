"""Answers on disk, addressed by all that determines them, so that a re-run costs nothing and says the same.

One SQLite file, which processes may share and which only its owner may read: answers quote the (redacted) notes. Each
answer is on disk before the next is asked for, so that a run that was killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from ..errors import HcplensError
from .language_model import ChoiceRequest, Completion, LanguageModel, Request, Usage

_WAIT_SECONDS = 60.0
_TABLE = """CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, answer TEXT NOT NULL, prompt_tokens INTEGER NOT NULL, answer_tokens INTEGER NOT NULL,
    prompt_name TEXT NOT NULL, prompt_version TEXT NOT NULL, prompt_digest TEXT NOT NULL,
    model_name TEXT NOT NULL, model_digest TEXT NOT NULL, seed INTEGER
) WITHOUT ROWID"""


def answer_key(model_digest: str, request: Request | ChoiceRequest) -> str:
    """SHA-256 of the model and of everything in the request."""
    content = json.dumps([model_digest, type(request).__name__, asdict(request)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


class AnswerCache:
    """Answers of any models and prompts; `close` or the end of a `with` releases the file.

    Raises:
        HcplensError: the file cannot be used. It is left as it is: what lies in it may have cost money.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._told():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(path, timeout=_WAIT_SECONDS)
            try:
                self._connection.execute("PRAGMA journal_mode = WAL")
                with self._connection:
                    self._connection.execute(_TABLE)
            except sqlite3.Error:
                self._connection.close()
                raise

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def get(self, key: str) -> Completion | None:
        """The answer, as it was given."""
        with self._told():
            query = "SELECT answer, prompt_tokens, answer_tokens FROM answers WHERE key = ?"
            row = self._connection.execute(query, (key,)).fetchone()
        return Completion(row[0], Usage(row[1], row[2])) if row else None

    def put(self, key: str, completion: Completion, request: Request | ChoiceRequest, model: LanguageModel) -> None:
        """Keep an answer with where it comes from; one that another run has kept meanwhile stays."""
        row = (
            key,
            completion.text,
            completion.usage.prompt_tokens,
            completion.usage.answer_tokens,
            request.prompt.name,
            request.prompt.version,
            request.prompt.digest,
            model.name,
            model.digest,
            request.decoding.seed if isinstance(request, Request) else None,
        )
        with self._told(), self._connection:
            self._connection.execute(f"INSERT OR IGNORE INTO answers VALUES ({','.join('?' * len(row))})", row)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as e:
            raise HcplensError(f"cannot use the answer cache {self._path}: {e}; name another file or mend it") from e
