"""The bundle: same folder, same bytes; whatever is not what `pack` writes is refused, and leaves nothing behind."""

import io
import os
import random
import re
import shutil
import stat
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence import addenda, bundle, seal
from harness.evidence.folder import RunFolder
from harness.evidence.readme import README
from harness.model.addendum import Invalidation
from harness.model.errors import EvidenceError, HarnessError, UsageError
from tests.builders import NOW, run_folder, sealed_run

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
JPEG = b"\xff\xd8\xff\xe0" + random.Random(0).randbytes(3000)
Members = list[tuple[zipfile.ZipInfo, bytes]]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A signed run with an addendum and results."""
    folder = sealed_run(tmp_path_factory.mktemp("pristine") / "run")
    seal.sign(folder, KEY)
    said = Invalidation(case_id="case", setting="", author="Ann Other", reason="broken", blind=True, date=NOW)
    addenda.append(folder, said, KEY)
    folder.derived.mkdir()
    (folder.derived / "verdicts.parquet").write_bytes(b"PAR1 a table PAR1")
    (folder.path / "report.html").write_text("<title>report</title>")
    return folder


@pytest.fixture(scope="module")
def packed(pristine: RunFolder) -> bytes:
    out = pristine.path.parent / "packed.zip"
    bundle.pack(pristine, out)
    return out.read_bytes()


@pytest.fixture
def folder(pristine: RunFolder, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(pristine.path, tmp_path / "run")))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where scratch folders are made."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def contents(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in bundle.files(folder)}


def members(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [(member, archive.read(member)) for member in archive.infolist()]


def rewritten(parts: Members) -> bytes:
    """A bundle of other members, described as they say."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member, data in parts:
            archive.writestr(member, data, member.compress_type)
    return out.getvalue()


def entry(name: str) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = (stat.S_IFREG | 0o644) << 16
    return made


def with_member(data: bytes, name: str, content: bytes = b"more", **changes: object) -> bytes:
    """The bundle with one more member, in the place that its name has."""
    made = entry(name)
    for key, value in changes.items():
        setattr(made, key, value)
    return rewritten(sorted([*members(data), (made, content)], key=lambda part: part[0].filename))


def changed(data: bytes, name: str, **changes: object) -> bytes:
    """The bundle with another description of one member."""
    parts = members(data)
    for member, _ in parts:
        for key, value in changes.items() if member.filename == name else ():
            setattr(member, key, value)
    return rewritten(parts)


def without(data: bytes, name: str) -> bytes:
    return rewritten([(member, content) for member, content in members(data) if member.filename != name])


def patched(data: bytes, name: str, at: int, value: bytes, central: bool = True, local: bool = True) -> bytes:
    """Bytes of a member's headers overwritten; `at` counts from the version field, the first that both have."""
    made = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        header = archive.getinfo(name).header_offset
    begin = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    for place, wanted in ((begin + 6, central), (header + 4, local)):
        if wanted:
            made[place + at : place + at + len(value)] = value
    return bytes(made)


def test_same_folder_same_bytes(folder: RunFolder, packed: bytes, tmp_path: Path) -> None:
    (folder.path / ".lock").touch()
    for _, path in bundle.files(folder.path):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    bundle.pack(folder, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed


def test_there_and_back(pristine: RunFolder, packed: bytes, tmp_path: Path, temporary: Path) -> None:
    path = tmp_path / "run.zip"
    path.write_bytes(packed)
    with bundle.opened(path) as run:
        assert contents(run.path) == {**contents(pristine.path), "README.txt": README.encode()}
        assert seal.verify(run, KEY.public_key()) == []
        assert stat.S_IMODE(run.path.stat().st_mode) == 0o700
        bundle.pack(run, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == packed
    assert list(temporary.iterdir()) == []


def test_text_is_compressed_and_pictures_are_not(tmp_path: Path, temporary: Path) -> None:
    folder = sealed_run(tmp_path / "run")
    (folder.path / "report.html").write_text("again and again\n" * 5000)
    (folder.path / "junit.xml").write_bytes(b"")
    folder.derived.mkdir()
    (folder.derived / "picture.jpg").write_bytes(JPEG)
    bundle.pack(folder, tmp_path / "run.zip")
    kinds = {member.filename: member.compress_type for member, _ in members((tmp_path / "run.zip").read_bytes())}
    assert kinds["report.html"] == kinds["journal/000001.jsonl"] == zipfile.ZIP_DEFLATED
    assert kinds["derived/picture.jpg"] == zipfile.ZIP_STORED
    with bundle.opened(tmp_path / "run.zip") as run:
        assert contents(run.path) == {**contents(folder.path), "README.txt": README.encode()}


def test_other_tools_read_it(packed: bytes, tmp_path: Path) -> None:
    (tmp_path / "run.zip").write_bytes(packed)
    with zipfile.ZipFile(tmp_path / "run.zip") as archive:
        assert archive.testzip() is None
    if unzip := shutil.which("unzip"):
        subprocess.run([unzip, "-tq", tmp_path / "run.zip"], check=True, capture_output=True)


def test_sizes_beyond_32_bits_have_their_headers(
    folder: RunFolder, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the limit of the format set down to what a test can write."""
    monkeypatch.setattr(bundle, "LARGE", 100)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 400)
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    bundle.pack(folder, tmp_path / "run.zip")
    assert b"PK\x06\x06" in (tmp_path / "run.zip").read_bytes()
    with bundle.opened(tmp_path / "run.zip") as run:
        assert contents(run.path) == {**contents(folder.path), "README.txt": README.encode()}


def commands() -> str:
    """The lines that the README has a stranger run."""
    return "\n".join(["set -eu", *re.findall(r"(?m)^    (.*)$", README)])


@pytest.mark.parametrize(
    ("edit", "stands"),
    [
        (lambda run: None, True),
        (lambda run: run.spec_file.write_bytes(run.spec_file.read_bytes() + b" "), False),
        (lambda run: run.plan_file.unlink(), False),
        (lambda run: (run.journal / "000002.jsonl").write_bytes(b""), False),
        (lambda run: run.blobs.path(next(run.blobs.digests())).write_bytes(b"else"), False),
        (lambda run: run.seal_file.write_bytes(run.seal_file.read_bytes() + b"\n"), False),
        (
            lambda run: run.signature_file.write_bytes(
                run.signature_file.read_bytes().replace(b'"sig": "', b'"sig": "A')
            ),
            False,
        ),
        (
            lambda run: run.signer_file.write_bytes(
                Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            ),
            False,
        ),
    ],
)
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl not found")
def test_the_readme_tells_how_to_check_without_the_harness(
    folder: RunFolder, edit: Callable[[RunFolder], object], stands: bool
) -> None:
    edit(folder)
    ended = subprocess.run(["sh"], input=commands(), cwd=folder.path, text=True, capture_output=True)
    assert (ended.returncode == 0) == stands, ended
    assert ("Signature Verified Successfully" in ended.stdout) == stands


def spoil(folder: RunFolder) -> None:
    folder.plan_file.write_bytes(folder.plan_file.read_bytes() + b"\n")


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda run: run.seal_file.unlink(), "not sealed"),
        (spoil, "plan.jsonl: changed since the seal"),
        (lambda run: (run.path / "addenda" / "000001.jsonl").write_text("{}\n"), "000001.jsonl:1"),
        (lambda run: (run.path / "notes.txt").touch(), "notes.txt: not a file of a run"),
        (lambda run: (run.path / "junit.xml").symlink_to("report.html"), "junit.xml: not a file of a run"),
        (lambda run: (run.path / "extra").symlink_to(run.path), "extra: not a file of a run"),
        (lambda run: os.mkfifo(run.path / "junit.xml"), "junit.xml: not a file of a run"),
    ],
)
def test_what_does_not_stand_is_not_packed(
    folder: RunFolder, tmp_path: Path, edit: Callable[[RunFolder], object], words: str
) -> None:
    edit(folder)
    with pytest.raises(EvidenceError, match=words):
        bundle.pack(folder, tmp_path / "run.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_an_unsealed_run_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="not sealed"):
        bundle.pack(run_folder(tmp_path / "run"), tmp_path / "run.zip")


def test_places_that_will_not_do(folder: RunFolder, tmp_path: Path) -> None:
    there = tmp_path / "there.zip"
    there.write_text("mine")
    for out, words in (
        (there, "never overwritten"),
        (folder.path / "run.zip", "in the run folder"),
        (tmp_path / "no" / "run.zip", "cannot be written"),
        (there / "run.zip", "cannot be written"),
    ):
        with pytest.raises(UsageError, match=words):
            bundle.pack(folder, out)
    assert there.read_text() == "mine"
    assert not (folder.path / "run.zip").exists()


def test_a_disk_that_fills_up_leaves_nothing(
    folder: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(UsageError, match="No space left on device"):
        bundle.pack(folder, tmp_path / "run.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


LINK = (stat.S_IFLNK | 0o777) << 16
HOSTILE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda data: b"", "not a bundle"),
    "not a zip": (lambda data: b"Dear reader" * 100, "not a bundle"),
    "a tar": (lambda data: b"\0" * 10240, "not a bundle"),
    "an empty zip": (lambda data: rewritten([]), "journal/000001.jsonl: missing"),
    "cut short": (lambda data: data[: len(data) // 2], "not a bundle"),
    "cut by a byte": (lambda data: data[:-1], "not a bundle"),
    "no beginning": (lambda data: data[100:], "'README.txt': its header"),
    "data behind": (lambda data: data + b"more", "more data than its members"),
    "comment": (lambda data: data[:-2] + b"\x04\0more", "more data than its members"),
    "data before": (lambda data: b"#!/bin/sh\n" + data, "'README.txt': its header"),
    "data between": (lambda data: between(data), "its header is not the one"),
    "traversal": (lambda data: with_member(data, "../evil.html"), "'../evil.html': no file of a run"),
    "traversal within": (lambda data: with_member(data, "derived/../../evil.html"), "no file of a run"),
    "absolute": (lambda data: with_member(data, "/tmp/evil.html"), "'/tmp/evil.html': no file of a run"),
    "backslash": (lambda data: with_member(data, "derived\\evil.html"), "no file of a run"),
    "drive": (lambda data: with_member(data, "C:evil.html"), "no file of a run"),
    "nul": (
        lambda data: changed(data, "report.html", orig_filename="", filename="report.html\0.sh"),
        "no file of a run",
    ),
    "newline": (lambda data: with_member(data, "report.html\n"), r"'report\.html\\n': no file of a run"),
    "escapes": (lambda data: with_member(data, "\x1b[2Jevil"), r"'\\x1b\[2Jevil': no file of a run"),
    "hidden": (lambda data: with_member(data, ".lock"), "no file of a run"),
    "unknown": (lambda data: with_member(data, "setup.exe"), "'setup.exe': no file of a run"),
    "long": (lambda data: with_member(data, "a" * 60_000), "'aaa"),
    "a folder": (lambda data: with_member(data, "derived/"), "'derived/': no file of a run"),
    "a folder as file": (lambda data: with_member(data, "blobs/ab"), "no file of a run"),
    "blob in the wrong folder": (lambda data: with_member(data, f"blobs/ab/{'c' * 64}"), "no file of a run"),
    "other case": (lambda data: with_member(data, "Report.html"), "'Report.html': no file of a run"),
    "twice": (lambda data: with_member(data, "report.html"), "'report.html': is there twice"),
    "out of order": (lambda data: rewritten(members(data)[::-1]), "out of order"),
    "a link": (lambda data: with_member(data, "junit.xml", b"/etc/passwd", external_attr=LINK), "not a plain file"),
    "a fifo": (lambda data: with_member(data, "junit.xml", external_attr=(stat.S_IFIFO | 0o644) << 16), "not a plain"),
    "a device": (
        lambda data: with_member(data, "junit.xml", external_attr=(stat.S_IFBLK | 0o644) << 16),
        "not a plain",
    ),
    "of no type": (lambda data: changed(data, "spec.json", external_attr=0o644 << 16), "not a plain file"),
    "setuid": (lambda data: changed(data, "spec.json", external_attr=(stat.S_IFREG | 0o4755) << 16), "not described"),
    "another time": (lambda data: changed(data, "spec.json", date_time=(2026, 1, 1, 0, 0, 0)), "not described"),
    "extra field": (lambda data: changed(data, "spec.json", extra=b"\xfe\xca\x04\0more"), "not described"),
    "member comment": (lambda data: changed(data, "spec.json", comment=b"more"), "not described"),
    "bzip2": (lambda data: changed(data, "spec.json", compress_type=zipfile.ZIP_BZIP2), "compression method 12"),
    "lzma": (lambda data: changed(data, "spec.json", compress_type=zipfile.ZIP_LZMA), "compression method 14"),
    "method unheard of": (lambda data: patched(data, "spec.json", 4, b"\x63\0"), "compression method 99"),
    "encrypted": (lambda data: patched(data, "spec.json", 2, b"\1\0"), "'spec.json': encrypted"),
    "strongly encrypted": (lambda data: patched(data, "spec.json", 2, b"\x40\0"), "not described"),
    "another name inside": (lambda data: data.replace(b"report.html", b"repert.html", 1), "'report.html': its header"),
    "another size inside": (lambda data: patched(data, "spec.json", 18, b"\1\0\0\0", central=False), "its header"),
    "another place": (lambda data: patched(data, "spec.json", 36, bytes(4), local=False), "'spec.json': its header"),
    "says less": (
        lambda data: patched(data, "spec.json", 18, b"\1\0\0\0"),
        "'spec.json': unpacks to more than it says",
    ),
    "says more": (lambda data: patched(data, "spec.json", 18, b"\0\0\1\0"), "spec.json: damaged"),
    "says far more": (
        lambda data: patched(data, "spec.json", 18, b"\xfe\xff\xff\x7f"),
        "far more than it can honestly",
    ),
    "bomb": (lambda data: bomb(data), "'spec.json': unpacks to more than it says"),
    "honest bomb": (lambda data: with_member(data, "junit.xml", b"\0" * (1 << 20), compress_type=8), "far more than"),
    "shrunk": (lambda data: patched(data, "spec.json", 14, b"\1\0\0\0"), "spec.json: damaged"),
    "deflate goes on": (lambda data: goes_on(data), "spec.json: damaged"),
    "another checksum": (lambda data: patched(data, "spec.json", 10, b"\0\0\0\0"), "spec.json: damaged"),
    "too new": (lambda data: patched(data, "spec.json", 0, b"\xff\0"), "not a bundle"),
    "no spec": (lambda data: without(data, "spec.json"), "spec.json: missing"),
    "no plan": (lambda data: without(data, "plan.jsonl"), "plan.jsonl: missing"),
    "no seal": (lambda data: without(data, "seal.json"), "seal.json: missing"),
    "no journal": (lambda data: without(data, "journal/000001.jsonl"), "journal/000001.jsonl: missing"),
    "too many": (lambda data: data, "members; at most"),
}


def between(data: bytes) -> bytes:
    """Something hidden between two members, with every offset right."""
    at = data.index(b"PK\x03\x04", 4)
    made = bytearray(data[:at] + b"hidden" + data[at:])
    for match in [*re.finditer(rb"PK\x01\x02", bytes(made))][1:]:
        (offset,) = struct.unpack_from("<L", made, match.start() + 42)
        struct.pack_into("<L", made, match.start() + 42, offset + 6)
    end = made.rindex(b"PK\x05\x06")
    struct.pack_into("<L", made, end + 16, struct.unpack_from("<L", made, end + 16)[0] + 6)
    return bytes(made)


def raw(data: bytes, stream: bytes, size: int, crc: int) -> bytes:
    """The bundle with this deflated stream as its spec, said to be so large."""
    parts = [(member, content) for member, content in members(data)]
    (spec,) = [member for member, _ in parts if member.filename == "spec.json"]
    spec.compress_type = zipfile.ZIP_STORED
    stored = rewritten([(member, stream if member is spec else content) for member, content in parts])
    told = struct.pack("<LLL", crc, len(stream), size)
    return patched(patched(stored, "spec.json", 4, b"\x08\0"), "spec.json", 10, told)


def deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return engine.compress(content) + engine.flush()


def bomb(data: bytes) -> bytes:
    return raw(data, deflated(b"\0" * (1 << 24)), 1000, 0)


def goes_on(data: bytes) -> bytes:
    return raw(data, deflated(b"{}") + b"hidden", 2, zlib.crc32(b"{}"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("edit", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile(
    edit: Callable[[bytes], bytes],
    words: str,
    packed: bytes,
    tmp_path: Path,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.setattr(bundle, "MOST_BYTES", 1 << 18)
    if "too many" in request.node.name:
        monkeypatch.setattr(bundle, "MOST_MEMBERS", 5)
    path = tmp_path / "run.zip"
    path.write_bytes(edit(packed))
    with pytest.raises((UsageError, EvidenceError), match=words) as caught, bundle.opened(path):
        pytest.fail("was accepted")
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value)) < 500
    assert "\x1b" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run.zip", "temporary"]
    assert list(temporary.iterdir()) == []


def test_an_honest_large_run_is_not_a_bomb(packed: bytes, tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "run.zip").write_bytes(with_member(packed, "junit.xml", b"<a/>" * 1_000_000, compress_type=8))
    with bundle.opened(tmp_path / "run.zip") as run:
        assert (run.path / "junit.xml").stat().st_size == 4_000_000


def test_what_cannot_be_read(tmp_path: Path, temporary: Path) -> None:
    for path in (tmp_path / "nowhere.zip", temporary):
        with pytest.raises(UsageError, match=f"{path}: cannot be read"), bundle.opened(path):
            pass
    assert list(temporary.iterdir()) == []


def test_the_scratch_folder_goes_when_its_user_fails(packed: bytes, tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "run.zip").write_bytes(packed)
    with pytest.raises(KeyError), bundle.opened(tmp_path / "run.zip"):
        raise KeyError
    assert list(temporary.iterdir()) == []


def verified(path: Path) -> dict[str, bytes]:
    """What a bundle holds, once its evidence stands. Raises HarnessError."""
    with bundle.opened(path) as run:
        if found := seal.verify(run, KEY.public_key()):
            raise EvidenceError(found[0])
        return {name: data for name, data in contents(run.path).items() if name not in LOOSE}


LOOSE = ("README.txt", "report.html", "derived/verdicts.parquet")  # computed anew, not sealed


def test_no_flipped_bit_passes_unless_all_is_the_same(packed: bytes, tmp_path: Path, temporary: Path) -> None:
    path = tmp_path / "run.zip"
    path.write_bytes(packed)
    whole = verified(path)
    rng = random.Random(1)
    refused = 0
    for _ in range(1000):
        at = rng.randrange(len(packed))
        path.write_bytes(packed[:at] + bytes([packed[at] ^ 1 << rng.randrange(8)]) + packed[at + 1 :])
        try:
            assert verified(path) == whole
        except HarnessError:
            refused += 1
    assert refused > 900
    assert list(temporary.iterdir()) == []


@given(data=st.binary(max_size=2000), at=st.integers(0, 10_000), cut=st.integers(0, 2000))
def test_no_splice_passes_unless_all_is_the_same(data: bytes, at: int, cut: int, packed: bytes) -> None:
    spliced = packed[: at % len(packed)] + data + packed[at % len(packed) + cut :]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "run.zip"
        path.write_bytes(packed)
        whole = verified(path)
        path.write_bytes(spliced)
        try:
            assert verified(path) == whole
        except HarnessError:
            assert spliced != packed
