from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hcplens.errors import HcplensError
from hcplens.prompts import ChoiceRequest, Completion, Decoding, PromptId, Request, Usage
from hcplens.prompts.answer_cache import AnswerCache, answer_key
from hcplens.prompts.local_model import LocalModel

Asked = Callable[..., Request]
ENCODABLE = st.text(alphabet=st.characters(exclude_categories=["Cs"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ENCODABLE, user=st.text())
def test_an_answer_comes_back_letter_by_letter(
    answers: AnswerCache, tiny_model: LocalModel, asked: Asked, text: str, user: str
) -> None:
    request = asked(user)
    key = answer_key(text, request)
    answers.put(key, Completion(text, Usage(3, 4)), request, tiny_model)
    found = answers.get(key)
    assert found == Completion(text, Usage(3, 4))
    assert found.text.encode() == text.encode()


def test_the_first_answer_stays(answers: AnswerCache, tiny_model: LocalModel, asked: Asked) -> None:
    for text in ("first", "second"):
        answers.put("key", Completion(text), asked(), tiny_model)
    assert answers.get("key") == Completion("first")
    assert answers.get("other") is None


def test_everything_that_an_answer_depends_on_is_in_its_key(asked: Asked) -> None:
    request = asked()
    others: list[Request | ChoiceRequest] = [
        replace(request, system="Say it."),
        replace(request, user="Well"),
        replace(request, schema="{}"),
        replace(request, prompt=replace(request.prompt, digest="1" * 64)),
        replace(request, decoding=Decoding(max_tokens=9)),
        replace(request, decoding=Decoding(temperature=0.5)),
        replace(request, decoding=Decoding(seed=1)),
        ChoiceRequest(request.prompt, request.system, request.user, ("a", "b")),
        ChoiceRequest(request.prompt, request.system, request.user, ("b", "a")),
    ]
    keys = {answer_key("model", each) for each in [request, *others]} | {answer_key("other model", request)}
    assert len(keys) == len(others) + 2


def test_where_an_answer_comes_from_is_kept_with_it(tmp_path: Path, tiny_model: LocalModel, asked: Asked) -> None:
    request = replace(asked(seed=7), prompt=PromptId("extract", "v3", "d" * 64))
    with AnswerCache(tmp_path / "answers.sqlite") as cache:
        cache.put("key", Completion("{}", Usage(3, 4)), request, tiny_model)
    with sqlite3.connect(tmp_path / "answers.sqlite") as connection:
        row = connection.execute("SELECT * FROM answers").fetchone()
    connection.close()
    assert row == ("key", "{}", 3, 4, "extract", "v3", "d" * 64, tiny_model.name, tiny_model.digest, 7)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with AnswerCache(tmp_path / "new" / "answers.sqlite"):
        assert {file.stat().st_mode & 0o777 for file in (tmp_path / "new").iterdir()} == {0o600}


def test_a_damaged_file_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    path.write_text("no database, but perhaps it was one")
    with pytest.raises(HcplensError, match=r"cannot use the answer cache .*answers\.sqlite"):
        AnswerCache(path)
    assert path.read_text() == "no database, but perhaps it was one"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HcplensError, match="cannot use the answer cache"):
        AnswerCache(tmp_path / "file" / "answers.sqlite")
