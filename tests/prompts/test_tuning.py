"""A tiny model learns a rule; what it learned lies in a folder of its own."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.prompts import AdapterCard, ChoiceRequest, Completion, Lesson, LocalModel, PromptId, TuningOptions, tune
from hcplens.prompts.adapter import CARD, WEIGHTS
from hcplens.prompts.checkpoint import Checkpoint, load_checkpoint
from hcplens.prompts.local_engine import LocalEngine
from hcplens.prompts.lora import trained_adapter

PROMPT = PromptId("mine", "v1", "0" * 64)
QUICK = TuningOptions(rank=8, upper=1.0, rate=1e-2, epochs=4, batch=8)


def lessons(count: int, seed: int) -> list[Lesson]:
    """Whether somebody agrees."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        answer = draw.choice(["yes", "no"])
        user = f"{draw.choice('abcdef') * draw.randint(1, 9)} {'agrees' if answer == 'yes' else 'denies'}"
        made.append(Lesson(ChoiceRequest(PROMPT, "Well?", user, ("yes", "no")), answer))
    return made


def scores(model: LocalModel, asked: list[Lesson]) -> list[dict[str, float]]:
    found = {outcome.place: outcome.result for outcome in model.score_choices([each.request for each in asked])}
    texts = [result.text for _, result in sorted(found.items()) if isinstance(result, Completion)]
    assert len(texts) == len(asked)
    return [json.loads(text) for text in texts]


def share_right(model: LocalModel, asked: list[Lesson]) -> float:
    said = [max(each, key=each.__getitem__) for each in scores(model, asked)]
    return sum(one == lesson.answer for one, lesson in zip(said, asked, strict=True)) / len(asked)


def local(folder: Path, adapter: Path | None = None) -> LocalModel:
    return LocalModel(folder, adapter=adapter, device="cpu", precision="float32")


def tuned(base: Path, folder: Path, options: TuningOptions = QUICK) -> list[float]:
    """The loss of every step."""
    losses: list[float] = []
    folder.mkdir()
    tune(
        base,
        lessons(200, 1),
        folder,
        options,
        learned_from=[3, 1, 2],
        device="cpu",
        precision="float32",
        seen=lambda count, loss: losses.append(loss),
    )
    return losses


@pytest.fixture(scope="module")
def adapter(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tuned") / "mine"
    tuned(tiny_folder, folder)
    return folder


def test_a_model_learns_what_it_is_taught_and_answers_new_questions(tiny_folder: Path, tmp_path: Path) -> None:
    losses = tuned(tiny_folder, tmp_path / "mine")
    assert sum(losses[-10:]) < sum(losses[:10]) / 4
    unseen = lessons(60, 2)
    assert share_right(local(tiny_folder), unseen) < 0.9
    assert share_right(local(tiny_folder, tmp_path / "mine"), unseen) > 0.95


def test_an_adapter_that_is_loaded_again_says_the_same(tiny_folder: Path, adapter: Path) -> None:
    asked = lessons(12, 3)
    assert scores(local(tiny_folder, adapter), asked) == scores(local(tiny_folder, adapter), asked)
    assert scores(local(tiny_folder, adapter), asked) != scores(local(tiny_folder), asked)


def test_merged_weights_say_what_the_adapter_says_beside_them(tiny_folder: Path, adapter: Path) -> None:
    checkpoint = load_checkpoint(tiny_folder, "cpu", "float32")
    beside = trained_adapter(checkpoint, lessons(200, 1), QUICK)
    engine = LocalEngine(Checkpoint(beside, checkpoint.tokenizer))
    asked = lessons(12, 3)
    told = [json.loads(each.text) for each in engine.score([a.request for a in asked]) if isinstance(each, Completion)]
    for one, other in zip(told, scores(local(tiny_folder, adapter), asked), strict=True):
        assert one == pytest.approx(other, abs=0.2)  # weights on disk are bfloat16


def test_the_same_lessons_give_the_same_adapter_and_another_seed_another(
    tiny_folder: Path, adapter: Path, tmp_path: Path
) -> None:
    other = replace(QUICK, seed=8)
    tuned(tiny_folder, tmp_path / "again")
    tuned(tiny_folder, tmp_path / "other", other)
    for name in ("adapter.json", "adapter_config.json", "adapter_model.safetensors"):
        assert (tmp_path / "again" / name).read_bytes() == (adapter / name).read_bytes(), name
    assert (tmp_path / "other" / WEIGHTS).read_bytes() != (adapter / WEIGHTS).read_bytes()


def test_only_the_upper_layers_learn(tiny_folder: Path, tmp_path: Path) -> None:
    from safetensors import safe_open

    tuned(tiny_folder, tmp_path / "upper", TuningOptions(rank=2, upper=0.5, batch=100))
    with safe_open(tmp_path / "upper" / WEIGHTS, "pt") as weights:
        assert {name.partition(".layers.")[2].partition(".")[0] for name in weights.keys()} == {"1"}  # noqa: SIM118


def test_bfloat16_learns_as_well(tiny_folder: Path, tmp_path: Path) -> None:
    losses: list[float] = []
    tune(
        tiny_folder,
        lessons(64, 1),
        tmp_path,
        QUICK,
        device="cpu",
        precision="bfloat16",
        seen=lambda count, loss: losses.append(loss),
    )
    assert sum(losses[-5:]) < sum(losses[:5]) / 2


def test_the_digest_and_the_name_tell_of_the_adapter_wherever_it_lies(
    tiny_folder: Path, adapter: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "mine"
    shutil.copytree(adapter, copied)
    assert local(tiny_folder, copied).digest == local(tiny_folder, adapter).digest != local(tiny_folder).digest
    assert local(tiny_folder, copied).name == f"{tiny_folder.name}+mine"
    content = bytearray((copied / WEIGHTS).read_bytes())
    content[-1] ^= 1
    (copied / WEIGHTS).write_bytes(content)
    assert local(tiny_folder, copied).digest != local(tiny_folder, adapter).digest


def test_the_card_tells_what_was_learned_and_names_no_folder(tiny_folder: Path, adapter: Path) -> None:
    card = AdapterCard.load(adapter)
    assert (card.base_model, card.prompts, card.lessons) == (tiny_folder.name, ("mine v1",), 200)
    assert card.learned_from == {1, 2, 3}
    for file in adapter.iterdir():
        assert str(tiny_folder).encode() not in file.read_bytes()


def test_an_adapter_for_another_model_is_refused(tiny_folder: Path, pieces_folder: Path, adapter: Path) -> None:
    with pytest.raises(InputError, match=rf"tuned for {tiny_folder.name} .* is another model: tune one for it"):
        LocalModel(pieces_folder, adapter=adapter)


def test_a_folder_that_is_no_adapter_is_refused(tiny_folder: Path, adapter: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no adapter\.json: it is no adapter that `hcplens tune-llm` wrote"):
        LocalModel(tiny_folder, adapter=tmp_path)
    broken = tmp_path / "broken"
    shutil.copytree(adapter, broken)
    (broken / WEIGHTS).write_bytes(b"nothing")
    with pytest.raises(InputError, match="cannot be loaded as an adapter"):
        scores(local(tiny_folder, broken), lessons(1, 1))
    (broken / CARD).write_text('{"kind": "something else"}')
    with pytest.raises(InputError, match=r"adapter\.json is no card of an adapter: kind"):
        LocalModel(tiny_folder, adapter=broken)


def test_lessons_that_cannot_be_learned_are_refused(tiny_folder: Path, tmp_path: Path) -> None:
    request = ChoiceRequest(PROMPT, "Well?", "x" * 3000, ("yes", "no"))
    with pytest.raises(InputError, match="the answer is 'maybe': choose one of"):
        Lesson(request, "maybe")
    with pytest.raises(InputError, match="there is no lesson"):
        tune(tiny_folder, [], tmp_path)
    with pytest.raises(InputError, match=r"a lesson needs \d+ tokens, and the model reads 2048"):
        tune(tiny_folder, [Lesson(request, "yes")], tmp_path, device="cpu", precision="float32")
