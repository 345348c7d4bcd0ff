"""Keys in the store: the secret is shown once, and revocation is noticed everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from hcplens.errors import InputError
from hcplens.inference.service.roles import Principal, Role
from hcplens.inference.service.store import ServiceStore, key_ring
from hcplens.inference.service.store.key_ring import KeyRing

UNKNOWN = "hcpl_0123456789ab_" + "A" * 43


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "service.db"


@pytest.fixture
def store(path: Path) -> Iterator[ServiceStore]:
    with ServiceStore.open(path) as opened:
        yield opened


def revocations(store: ServiceStore) -> dict[str, datetime | None]:
    kept = store.keys()
    return {key.key_id: key.revoked_at for key in kept}


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("role", Role)
def test_a_secret_opens_what_its_key_is_for(store: ServiceStore, role: Role) -> None:
    rep_id = "R01" if role is Role.REP else None
    record, secret = store.add_key(role, name=" CRM ", rep_id=rep_id)
    assert re.fullmatch(rf"hcpl_{record.key_id}_[A-Za-z0-9_-]{{43}}", secret)
    assert store.principal(secret) == Principal(record.key_id, role, rep_id)
    assert store.keys() == [record]
    assert (record.name, record.role, record.rep_id, record.revoked_at) == ("CRM", role, rep_id, None)


def test_no_part_of_a_secret_lies_in_the_files(store: ServiceStore, path: Path) -> None:
    secrets = [store.add_key(Role.ADMIN, name="x")[1] for _ in range(3)]
    for secret in secrets:
        store.principal(secret)
    stored = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert stored
    assert not [secret for secret in secrets if secret.encode()[18:] in stored]
    assert secrets[0] not in repr(store._ring._kept)


def test_what_is_no_secret_opens_nothing(store: ServiceStore) -> None:
    record, secret = store.add_key(Role.ADMIN, name="x")
    other = "B" if secret.endswith("A") else "A"
    for wrong in ("", "x", "é", "\ud800", UNKNOWN, secret + "A", secret[:-1], secret[:-1] + other, f" {secret}"):
        assert store.principal(wrong) is None
    assert store.principal(secret.replace(record.key_id, record.key_id.upper() + "A")) is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(store: ServiceStore) -> None:
    (first, secret), (second, other) = (store.add_key(Role.SERVICE, name=name) for name in ("a", "b"))
    assert store.principal(secret)
    store.revoke_key(first.key_id)
    assert (store.principal(secret), store.principal(other)) == (None, Principal(second.key_id, Role.SERVICE))
    revoked = revocations(store)
    assert revoked[first.key_id] is not None
    assert revoked[second.key_id] is None
    store.revoke_key(first.key_id)
    assert revocations(store) == revoked


def test_what_another_process_revoked_or_added_is_noticed_within_a_second(path: Path, store: ServiceStore) -> None:
    record, secret = store.add_key(Role.ADMIN, name="x")
    clock = Clock()
    ring = KeyRing(path, clock)
    assert ring.principal(secret)
    store.revoke_key(record.key_id)
    clock.now = key_ring.FRESH_SECONDS - 0.01
    assert ring.principal(secret)
    clock.now = key_ring.FRESH_SECONDS
    assert ring.principal(secret) is None
    assert ring.principal(store.add_key(Role.ADMIN, name="y")[1])
    ring.close()
    assert ring.principal(secret) is None


def test_only_so_many_keys_are_remembered(store: ServiceStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_ring, "MOST_KEPT", 2)
    secrets = [store.add_key(Role.ADMIN, name=str(number))[1] for number in range(4)]
    for secret in (*secrets, *secrets, UNKNOWN):
        assert (store.principal(secret) is not None) == (secret != UNKNOWN)
    assert len(store._ring._kept) == 2


@pytest.mark.parametrize(
    ("role", "name", "rep_id", "told"),
    [
        (Role.REP, "x", None, "needs the rep's id"),
        (Role.REP, "x", "  ", "needs the rep's id"),
        (Role.REP, "x", "R" * 201, "at most 200"),
        (Role.ADMIN, "x", "R01", "rep id 'R01': only a key of the role rep"),
        (Role.ADMIN, " ", None, "who the key is for"),
        (Role.ADMIN, "x" * 201, None, "who the key is for"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_and_not_stored(
    store: ServiceStore, role: Role, name: str, rep_id: str | None, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        store.add_key(role, name=name, rep_id=rep_id)
    with pytest.raises(InputError, match="no key 'nobody'"):
        store.revoke_key("nobody")
    assert store.keys() == []
