"""Models to ask: tiny untrained ones, and a small real one."""

from __future__ import annotations

import json
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hcplens.prompts import Decoding, PromptId, Request
from hcplens.prompts.answer_cache import AnswerCache
from hcplens.prompts.local_model import LocalModel

PROMPT = PromptId("mine", "v1", "0" * 64)
YES_OR_NO = json.dumps(
    {
        "type": "object",
        "properties": {"says": {"type": "string", "enum": ["yes", "no"]}},
        "required": ["says"],
        "additionalProperties": False,
    }
)


@pytest.fixture(scope="session")
def asked() -> Callable[..., Request]:
    """A request of which little matters."""

    def make(user: str = "Well?", *, system: str = "Say.", schema: str = YES_OR_NO, **decoding: Any) -> Request:
        return Request(PROMPT, system, user, schema, Decoding(**decoding))

    return make


@pytest.fixture
def answers(tmp_path: Path) -> Iterator[AnswerCache]:
    """An empty cache."""
    with AnswerCache(tmp_path / "answers.sqlite") as cache:
        yield cache


@pytest.fixture(scope="session")
def pieces_folder(untrained: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model whose tokens are letters and else bytes, as those of SentencePiece, in Llama 2's frame."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    known = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", *string.ascii_letters]
    pieces = [*known, *'{}[]":,.', "ye", "yes", "no", '":']
    merges = [("y", "e"), ("ye", "s"), ("n", "o"), ('"', ":")]
    vocabulary = {piece: place for place, piece in enumerate(pieces)}
    tokens = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, byte_fallback=True, unk_token="<unk>"))
    tokens.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    tokens.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokens.add_special_tokens(["<unk>", "<s>", "</s>"])
    template = "{{ bos_token }}[INST] <<SYS>>{{ messages[0].content }}<</SYS>>{{ messages[1].content }} [/INST]"
    folder = tmp_path_factory.mktemp("pieces-model")
    return untrained(folder, tokens, template, bos_token="<s>", eos_token="</s>", unk_token="<unk>")


@pytest.fixture(scope="session")
def tiny_model(tiny_folder: Path) -> LocalModel:
    return LocalModel(tiny_folder, device="cpu", precision="float32", batch_size=4)


@pytest.fixture(scope="session")
def small_model(instruct_model: LocalModel) -> LocalModel:
    """SmolLM2-135M-Instruct."""
    return instruct_model
