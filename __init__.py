"""hcplens: what drives and what holds back each physician's prescribing, in whose words, and what to say next."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .embeddings.loading import load_encoder
    from .errors import HcplensError, InputError
    from .inference.client import Client
    from .inference.insights import Annotator, InsightModel
    from .inference.inspecting import inspect_run
    from .inference.matching import ContentMatcher
    from .inference.matching_run import match_run
    from .inference.runs import Run
    from .prompts import Taxonomy

__version__ = "0.1.0"

__all__ = [
    "Annotator",
    "Client",
    "ContentMatcher",
    "HcplensError",
    "InputError",
    "InsightModel",
    "Run",
    "Taxonomy",
    "__version__",
    "inspect_run",
    "load_encoder",
    "match_run",
]

_HOMES = {
    "Annotator": ".inference.insights",
    "Client": ".inference.client",
    "ContentMatcher": ".inference.matching",
    "HcplensError": ".errors",
    "InputError": ".errors",
    "InsightModel": ".inference.insights",
    "Run": ".inference.runs",
    "Taxonomy": ".prompts",
    "inspect_run": ".inference.inspecting",
    "load_encoder": ".embeddings.loading",
    "match_run": ".inference.matching_run",
}


def __getattr__(name: str) -> object:
    """Import a name where it is first asked for (PEP 562), so that `import hcplens` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name], __name__), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
