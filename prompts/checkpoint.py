"""A model's files: which they are, and loading them. Nothing is fetched, and no code that comes with them is run."""

from __future__ import annotations

import gc
import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HcplensError, InputError
from ..precision import Precision, native_precision

_CONTENT = frozenset({".gguf", ".jinja", ".json", ".model", ".safetensors", ".txt"})


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A loaded causal model of transformers with its tokenizer."""

    model: Any
    tokenizer: Any


def checkpoint_files(path: Path) -> list[Path]:
    """The files that the model is made of: one of GGUF, or those of a folder with safetensors.

    Raises:
        InputError: there is no model.
    """
    if path.is_file() and path.suffix == ".gguf":
        return [path]
    if path.is_dir() and any(path.glob("*.safetensors")):
        return sorted(file for file in path.iterdir() if file.is_file() and file.suffix in _CONTENT)
    raise InputError(f"{path} is no language model: name a .gguf file, or a folder with config.json and .safetensors")


def checkpoint_digest(path: Path) -> str:
    """SHA-256 of the contents of all files of a model, with their names; raises InputError where there is none."""
    digests = []
    for file in checkpoint_files(path):
        with file.open("rb") as content:
            digests.append([file.name, hashlib.file_digest(content, "sha256").hexdigest()])
    return hashlib.sha256(json.dumps(digests).encode()).hexdigest()


def best_device() -> str:
    """The first GPU, else the CPU."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def best_precision(device: str) -> Precision:
    """bfloat16 where the device computes in it."""
    return native_precision() if device == "cpu" else "bfloat16"


def load_checkpoint(path: Path, device: str, precision: Precision) -> Checkpoint:
    """Load a model for inference; a GGUF file is unpacked into dense weights.

    Raises:
        InputError: there is no model, or transformers cannot read it.
        HcplensError: the extra llm is not installed.
    """
    checkpoint_files(path)
    try:
        import accelerate  # noqa: F401 - transformers loads GGUF files with it
        import gguf  # noqa: F401
        import llguidance  # noqa: F401
    except ImportError as e:
        raise HcplensError(f"local language models need the extra llm: pip install 'hcplens[llm]' ({e})") from e
    try:
        return _load(path, device, precision)
    except (OSError, ValueError, KeyError, NotImplementedError, RuntimeError) as e:
        raise InputError(f"{path} cannot be loaded as a language model: {e}") from e


@contextmanager
def _quickly() -> Iterator[None]:
    """Without transformers' bars; and without garbage collection, for a GGUF vocabulary is millions of objects."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        with redirect_stderr(io.StringIO()):
            yield
    finally:
        if was_on:
            gc.enable()


def _load(path: Path, device: str, precision: Precision) -> Checkpoint:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    folder, weights = path, dict(options)
    if path.suffix == ".gguf":
        folder, options["gguf_file"] = path.parent, path.name
        weights = options | {"quantization_config": GgufConfig(dequantize=True)}
    with _quickly():
        tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        model: Any = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, precision), **weights)
    return Checkpoint(model.to(device).eval(), tokenizer)
