"""`hcplens keys` through the command line."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path

import pytest

from hcplens.cli import main
from hcplens.inference.service.roles import Principal, Role
from hcplens.inference.service.store import ServiceStore


class Keys:
    """Calls `hcplens keys` on one store."""

    def __init__(self, store: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.store, self._patch, self._capsys = store, patch, capsys

    def __call__(self, *arguments: str, code: int = 0) -> tuple[str, str]:
        """What it printed and what it said."""
        self._patch.setenv("COLUMNS", "200")
        command, *rest = arguments
        self._patch.setattr(sys, "argv", ["hcplens", "keys", command, "--store", str(self.store), *rest])
        with pytest.raises(SystemExit) as stopped:
            main()
        assert (stopped.value.code or 0) == code
        printed = self._capsys.readouterr()
        return printed.out, printed.err


@pytest.fixture
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Keys:
    return Keys(tmp_path / "service.db", monkeypatch, capsys)


def test_a_key_is_printed_once_and_opens_the_service(keys: Keys) -> None:
    secret, said = keys("add", "--role", "rep", "--rep-id", "R01", "--name", "CRM of R01")
    key_id = secret.split("_")[1]
    assert (key_id in said, secret.strip() in said) == (True, False)
    with ServiceStore.open(keys.store) as store:
        assert store.principal(secret.strip()) == Principal(key_id, Role.REP, "R01")
    listed = "".join(keys("list", "--format", shape)[0] for shape in ("table", "json", "csv"))
    assert (key_id in listed, secret.strip()[18:] in listed) == (True, False)


def test_the_list_tells_who_has_a_key_and_since_when_not(keys: Keys) -> None:
    secret, _ = keys("add", "--role", "service", "--name", "e-mail platform")
    key_id = secret.split("_")[1]
    assert keys("revoke", key_id)[0] == f"key {key_id} is revoked\n"
    [row] = json.loads(keys("list", "--format", "json")[0])
    assert {**row, "created_at": 1, "revoked_at": bool(row["revoked_at"])} == {
        **{"key_id": key_id, "role": "service", "rep_id": None, "name": "e-mail platform"},
        **{"created_at": 1, "revoked_at": True},
    }
    [line] = csv.DictReader(io.StringIO(keys("list", "--format", "csv")[0]))
    assert (line["name"], line["rep_id"], line["revoked_at"]) == ("e-mail platform", "", row["revoked_at"])
    with ServiceStore.open(keys.store) as store:
        assert store.principal(secret.strip()) is None


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("add", "--role", "rep", "--name", "x"), "needs the rep's id"),
        (("add", "--role", "admin", "--name", "x", "--rep-id", "R01"), "only a key of the role rep has one"),
        (("add", "--role", "admin", "--name", "  "), "who the key is for"),
        (("list",), "there is no store"),
        (("revoke", "abc"), "there is no store"),
    ],
)
def test_what_cannot_be_is_said(keys: Keys, arguments: tuple[str, ...], told: str) -> None:
    _, said = keys(*arguments, code=2)
    assert told in said
    assert said.startswith("hcplens: ")


def test_an_unknown_key_cannot_be_revoked(keys: Keys) -> None:
    keys("add", "--role", "admin", "--name", "x")
    assert "there is no key 'abc': `hcplens keys list` shows the ids" in keys("revoke", "abc", code=2)[1]


def test_another_file_is_no_store(keys: Keys) -> None:
    keys.store.write_text("a,b\n")
    assert "is no store of the service" in keys("add", "--role", "admin", "--name", "x", code=2)[1]
    assert keys.store.read_text() == "a,b\n"
