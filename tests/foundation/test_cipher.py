"""Secrets lie encrypted under a key that only the server's account reads, the same after a restart."""

import stat
from pathlib import Path

import pytest

from dossier.foundation.cipher import FILE, Cipher, Unreadable, load_or_create_key


def test_the_key_stays_and_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    key = load_or_create_key(folder)
    assert load_or_create_key(folder) == key
    assert len(key) >= 32
    assert stat.S_IMODE((folder / FILE).stat().st_mode) == 0o600


def test_only_the_same_key_reads_it() -> None:
    encrypted = Cipher("one key that is long enough, 1234").encrypt("secret")
    assert b"secret" not in encrypted
    assert Cipher("one key that is long enough, 1234").decrypt(encrypted) == "secret"
    with pytest.raises(Unreadable):
        Cipher("another key that is long enough, 5").decrypt(encrypted)
    with pytest.raises(Unreadable):
        Cipher("one key that is long enough, 1234").decrypt(encrypted, ttl=-1)
