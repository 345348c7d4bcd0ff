"""Models to ask: a tiny untrained one, a small real one, and a chat endpoint on loopback that does what a test says."""

from __future__ import annotations

import json
import socket
import string
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import pytest

from hcplens.prompts import Decoding, PromptId, Request
from hcplens.prompts.answer_cache import AnswerCache
from hcplens.prompts.local_model import LocalModel

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
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


def untrained(folder: Path, tokens: Any, template: str, **special: str) -> Path:
    """A causal model of two thin layers over a tokenizer, in a folder as transformers writes it."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, **special)  # type: ignore[no-untyped-call]
    tokenizer.chat_template = template
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        initializer_range=0.5,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model whose tokens are bytes, as those of GPT-2 and its heirs."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = Tokenizer(models.BPE(vocab={character: place for place, character in enumerate(alphabet)}, merges=[]))
    tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens.decoder = decoders.ByteLevel()
    tokens.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    folder = tmp_path_factory.mktemp("tiny-model")
    return untrained(folder, tokens, CHATML, bos_token="<|im_start|>", eos_token="<|im_end|>")


@pytest.fixture(scope="session")
def pieces_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
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
def small_model(small_language_model: LocalModel) -> LocalModel:
    """SmolLM2-135M-Instruct, loaded once for all tests."""
    return small_language_model


Fault = Literal["", "reset", "cut", "stall", "endless"]


@dataclass(frozen=True)
class Reply:
    """What is answered: a status, a body (bytes, or an object as JSON) and headers; or how the connection fails.

    `reset` ends it without a word, `cut` after half of the body; `stall` says nothing until the test is over, and
    `endless` sends spaces until the client goes away.
    """

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault = ""


def said(text: str, *, finish: str = "stop", tokens: tuple[int, int] | None = (10, 5)) -> Reply:
    """A whole chat completion."""
    body: dict[str, Any] = {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": finish}]}
    if tokens:
        body["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return Reply(body=body)


Script = Callable[[dict[str, Any], int], Reply]
"""Answers a body that comes for the so-manieth time with the same user text, counted from 0."""


class ChatServer(ThreadingHTTPServer):
    """Speaks the OpenAI chat shape by a script; remembers what it was asked."""

    daemon_threads = False

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.bodies: list[dict[str, Any]] = []
        self.heads: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.times: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        user = body["messages"][1]["content"]
        with self.server.lock:
            time = self.server.times[user]
            self.server.times[user] += 1
            self.server.bodies.append(body)
            self.server.heads.append(dict(self.headers))
            self.server.paths.append(self.path)
        self.send(self.server.script(body, time))

    def send(self, reply: Reply) -> None:
        self.close_connection = self.close_connection or bool(reply.fault)
        if reply.fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        if reply.fault == "stall":
            self.server.over.wait()
            return
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        length = 10**12 if reply.fault == "endless" else len(body)
        for name, value in {"Content-Length": str(length), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.fault == "endless":
            while not self.server.over.is_set():
                self.wfile.write(b" " * 1000)
        self.wfile.write(body[: len(body) // 2] if reply.fault == "cut" else body)

    def log_message(self, *_: object) -> None:
        """Tests are silent."""


@contextmanager
def chat_server(script: Script) -> Iterator[ChatServer]:
    with ChatServer(script) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def serving() -> Callable[[Script], Any]:
    """A context manager: the endpoint of a script."""
    return chat_server


@pytest.fixture(scope="session")
def reply() -> type[Reply]:
    return Reply


@pytest.fixture(scope="session")
def completion() -> Callable[..., Reply]:
    return said
