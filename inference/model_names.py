"""How users name a model: its folder, or the name of one that ships beside the default."""

from __future__ import annotations

from pathlib import Path

_SHIPPED = {"large": Path(__file__).parent / "insights" / "model_large"}


def model_folder(name: str | Path) -> Path:
    """The folder of the model that a user names; a folder called like a model that ships is `./large`."""
    return _SHIPPED.get(str(name), Path(name))
