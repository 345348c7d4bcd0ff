from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What encoders and models read is kept for the whole session, apart from the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))
        yield
