"""Seals open for their owner alone, macs tell nothing, key files rotate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import SealError, SettingsError
from ivr.store.sealing import KEY_BYTES, MAX_FILE, MAX_KEYS, KeySet, Macs, Sealer
from tests.lab.rooms import rotated

if TYPE_CHECKING:
    from pathlib import Path

KEYS = KeySet.draw()
SEALER = Sealer(KEYS)
GOOD = KeySet.draw().to_text().strip()


@given(st.binary(max_size=5000), st.text(max_size=50), st.text(max_size=50))
def test_what_was_sealed_opens_again(plain: bytes, owner: str, context: str) -> None:
    """For the same owner and context, whatever they are called."""
    try:
        f"{owner}{context}".encode()
    except UnicodeEncodeError:
        return
    envelope = SEALER.seal(plain, owner, context)
    assert SEALER.open(envelope, owner, context) == plain
    assert not plain or len(plain) < 4 or plain not in envelope


@pytest.mark.req("S1")
@pytest.mark.parametrize(("owner", "context"), [("other", "c"), ("owner", "other"), ("owne", "rc"), ("", "")])
def test_it_opens_for_nobody_else(owner: str, context: str) -> None:
    """Another session, another purpose: no."""
    with pytest.raises(SealError):
        SEALER.open(SEALER.seal(b"plain", "owner", "c"), owner, context)


@pytest.mark.req("S1", "S7")
@given(st.data())
def test_a_changed_envelope_never_opens(data: st.DataObject) -> None:
    """Any byte changed, cut off or added is noticed, and told in our own words."""
    envelope = SEALER.seal(b"plain", "owner", "c")
    place = data.draw(st.integers(0, len(envelope) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = envelope[:place] + bytes([envelope[place] ^ flip]) + envelope[place + 1 :]
    for broken in (changed, envelope[:place], envelope + b"x"):
        with pytest.raises(SealError):
            SEALER.open(broken, "owner", "c")


@pytest.mark.req("S7")
@given(st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_else(junk: bytes) -> None:
    """Whatever stands in the store, it does not open, and that is all."""
    for envelope in (junk, KEYS.active.encode() + b"." + junk):
        with pytest.raises(SealError):
            SEALER.open(envelope, "owner", "c")


def test_the_same_is_never_sealed_the_same() -> None:
    """Nobody can see that two citizens have the same name."""
    assert SEALER.seal(b"plain", "owner", "c") != SEALER.seal(b"plain", "owner", "c")


def test_a_rotation_keeps_old_seals_open(tmp_path: Path) -> None:
    """The newest key seals, all of them open, and one that was taken out opens nothing any more."""
    newer = Sealer(rotated(KEYS, tmp_path))
    assert newer.open(SEALER.seal(b"plain", "owner", "c"), "owner", "c") == b"plain"
    with pytest.raises(SealError, match="not in the key file any more"):
        SEALER.open(newer.seal(b"plain", "owner", "c"), "owner", "c")


def test_what_is_sealed_under_the_newest_key_is_known(tmp_path: Path) -> None:
    """So that the rest can be sealed anew before the old key goes."""
    keys = KeySet.draw()
    old, new = Sealer(keys), Sealer(rotated(keys, tmp_path))
    envelope = old.seal(b"x", "a", "b")
    assert old.is_newest(envelope)
    assert not new.is_newest(envelope)
    assert new.is_newest(new.seal(b"x", "a", "b"))
    assert not new.is_newest(b"junk")


def test_macs_under_all_keys_begin_with_the_newest(tmp_path: Path) -> None:
    """Written under the newest, found under any."""
    old, new = Macs(KEYS, "code"), Macs(rotated(KEYS, tmp_path), "code")
    assert new.all("x") == [new.first("x"), old.first("x")]
    assert old.all("x") == [old.first("x")]


@pytest.mark.req("S1")
def test_each_use_and_each_key_has_macs_of_its_own() -> None:
    """Who knows one learns nothing of another; all are 256 bits."""
    other = KeySet.draw()
    macs = [mac.first("123") for mac in (Macs(KEYS, "code"), Macs(KEYS, "other"), Macs(other, "code"))]
    assert len(set(macs)) == 3
    assert {len(bytes.fromhex(mac)) for mac in macs} == {32}


def test_a_mac_is_of_any_text() -> None:
    """Also of halves of surrogate pairs, which a browser can send in a cookie."""
    assert len({Macs(KEYS, "code").first(text) for text in ("", "\ud800", "\udfff", "é", "e\u0301")}) == 5


@pytest.mark.req("S1")
def test_a_key_set_does_not_show_its_keys() -> None:
    """Its text is for its file alone."""
    assert repr(KEYS) == f"KeySet({KEYS.active}: …)"
    assert KEYS.to_text().strip().partition(":")[2] not in f"{KEYS!r}{KEYS}{vars(Sealer)}"


def test_a_key_file_is_read_back(tmp_path: Path) -> None:
    """With comments, empty lines and spaces around."""
    file = tmp_path / "keys"
    file.write_text(f"# ours\n\n  {KEYS.to_text().strip()}  \r\n")
    read = KeySet.read(file)
    assert list(read) == list(KEYS)
    assert Sealer(read).open(SEALER.seal(b"plain", "o", "c"), "o", "c") == b"plain"


@pytest.mark.req("O5")
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1 to 16 keys, not 0"),
        ("# only words\n", "1 to 16 keys, not 0"),
        ("name", "a line is not"),
        ("name:", "a line is not"),
        ("name:QUJD", "a line is not"),
        ("name:====", "a line is not"),
        ("name:" + "A" * 43, "a line is not"),
        ("NAME:" + "QUFB" * 10 + "QUE=", "a line is not"),
        (f"{GOOD}\n{GOOD}", "two keys of the name"),
        ("\n".join(f"k{n}:{GOOD.partition(':')[2]}" for n in range(MAX_KEYS + 1)), "not 17"),
        ("#" * (MAX_FILE + 1), "larger than"),
        ("k:\u00e9", "UnicodeDecodeError"),
    ],
)
def test_a_bad_key_file_is_told_without_its_keys(tmp_path: Path, text: str, told: str) -> None:
    """Which file and what is wrong with it; never a line of it."""
    file = tmp_path / "keys"
    file.write_text(text)
    with pytest.raises(SettingsError, match=told) as caught:
        KeySet.read(file)
    assert str(file) in str(caught.value)
    assert GOOD.partition(":")[2] not in str(caught.value)


@pytest.mark.req("O5")
def test_a_missing_key_file_is_told_with_how_to_make_it(tmp_path: Path) -> None:
    """A newcomer knows what to do next; a folder is not a file."""
    with pytest.raises(SettingsError, match="idbellen keys"):
        KeySet.read(tmp_path / "absent")
    with pytest.raises(SettingsError, match="IsADirectoryError"):
        KeySet.read(tmp_path)


def test_drawn_keys_are_new_each_time() -> None:
    """And as long as AES-256 wants them."""
    keys = (
        {KeySet.draw().derive(name, "x") for _ in range(3) for name in [KEYS.active] if name}
        if False
        else set()
    )
    drawn = [KeySet.draw() for _ in range(3)]
    keys = {one.derive(one.active, "x") for one in drawn}
    assert len(keys) == 3
    assert {len(key) for key in keys} == {KEY_BYTES}
