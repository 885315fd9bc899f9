"""The bundle: a sealed run folder as one zip file to hand over; same folder, same bytes.

A bundle read is taken for hostile. Only the very layout that `pack` writes is accepted, so that every zip reader sees
the same members as this one; compressed streams may differ, as zlib versions do.
"""

import io
import re
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from harness.evidence import addenda, scratch, seal
from harness.evidence.folder import RunFolder
from harness.evidence.readme import README
from harness.model.errors import EvidenceError, UsageError

SUFFIX = ".pasbundle.zip"
KNOWN = re.compile(
    r"spec\.json|plan\.jsonl|seal\.json|seal\.sig\.json|seal\.pub|journal/[0-9]{6}\.jsonl"
    r"|blobs/([0-9a-f]{2})/\1[0-9a-f]{62}|addenda/(?:[0-9]{6}\.jsonl|seal\.json|seal\.sig\.json|seal\.pub)"
    r"|addenda/files/([0-9a-f]{2})/\2[0-9a-f]{62}"
    r"|derived/(?:[A-Za-z0-9_-]{1,100}/)?[A-Za-z0-9_-]{1,100}\.[a-z]{1,10}"
    r"|result\.json|junit\.xml|report\.(?:html|pdf)|attestation\.dsse\.json|README\.txt"
    r"|(?:report|formats)/[A-Za-z0-9_-][A-Za-z0-9_.-]{0,100}\.[a-z0-9]{1,10}"
)
NEEDED = ("spec.json", "plan.jsonl", "journal/000001.jsonl", "seal.json")
COMPRESSED = (b"\xff\xd8\xff", b"\x89PNG", b"PAR1")  # JPEG, PNG, Parquet
CHUNK = 1 << 16
# A million cases with screenshots stay far below; what is unpacked grows with what was sent.
MOST_MEMBERS = 5_000_000
MOST_BYTES = 1 << 28
MOST_TIMES = 100
LARGE = 2_000_000_000  # bytes from which a member has a Zip64 header
UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, MemoryError, struct.error)


def files(folder: Path) -> list[tuple[str, Path]]:
    """Every file and link below the folder, by its name in a bundle, sorted. Hidden ones are left out: locks, and parts
    that a killed process left."""
    found = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if not _is_folder(path))
    return sorted((name, path) for name, path in found if not name.startswith(".") and "/." not in name)


def is_known(name: str, path: Path) -> bool:
    """Whether the run folder may hold this."""
    return KNOWN.fullmatch(name) is not None and stat.S_ISREG(path.lstat().st_mode)


def pack(folder: RunFolder, out: Path) -> None:
    """Write the bundle of a run, whole or not at all. Raises EvidenceError when its evidence does not stand, UsageError
    when `out` exists, lies in the run folder or cannot be written."""
    if out.exists():
        raise UsageError("exists already; a bundle is never overwritten", file=out)
    if out.resolve().is_relative_to(folder.path.resolve()):
        raise UsageError("lies in the run folder; write the bundle elsewhere", file=out)
    members = files(folder.path)
    found = seal.verify(folder) or addenda.verify(folder)
    if found := found or [f"{path}: not a file of a run" for name, path in members if not is_known(name, path)]:
        raise EvidenceError(found[0] if len(found) == 1 else f"{found[0]}, and {len(found) - 1} more")
    part = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            _add(archive, "README.txt", io.BytesIO(README.encode("utf-8")))
            for name, path in members:
                if name != "README.txt":
                    with path.open("rb") as file:
                        _add(archive, name, file)
        part.replace(out)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=out) from None
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def opened(path: Path) -> Iterator[RunFolder]:
    """The run in a bundle, in a scratch folder that is removed in the end. Raises as `unpack` does."""
    folder = scratch.make("bundle")
    try:
        folder.chmod(0o700)
        unpack(path, folder)
        yield RunFolder(folder)
    finally:
        scratch.remove(folder)


def unpack(path: Path, into: Path) -> None:
    """Write the members of a bundle into an empty folder. Raises UsageError when it is no bundle as `pack` writes them,
    EvidenceError when it is damaged or lacks parts; the folder then holds the members before."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            members = _members(path, size, file)
            at = 0
            for member in members:
                header = _header(member)
                file.seek(at)
                if member.header_offset != at or file.read(len(header)) != header:
                    raise _refused(path, member, "its header is not the one in the directory of the bundle")
                target = into / member.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("xb") as out:
                    _extract(path, file, member, out)
                at += len(header) + member.compress_size
    except OSError as error:
        raise UsageError(f"cannot be read or unpacked: {error.strerror}", file=path) from None
    directory = sum(46 + len(member.filename) + len(member.extra) for member in members)
    if size - at - directory not in (22, 98):  # the end record, with or without Zip64
        raise UsageError("not a bundle as `harness bundle` writes them: more data than its members", file=path)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _add(archive: zipfile.ZipFile, name: str, file: BinaryIO) -> None:
    method = zipfile.ZIP_STORED if file.read(4).startswith(COMPRESSED) else zipfile.ZIP_DEFLATED
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    with archive.open(_entry(name, method, size), "w", force_zip64=size > LARGE) as out:
        shutil.copyfileobj(file, out, CHUNK)


def _entry(name: str, method: int, size: int) -> zipfile.ZipInfo:
    """The member as `pack` describes it: a plain file that everyone may read, with a fixed time."""
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
    entry.compress_type, entry.file_size = method, size
    return entry


def _header(member: zipfile.ZipInfo) -> bytes:
    """What stands before the member's data."""
    entry = _entry(member.filename, member.compress_type, member.file_size)
    entry.CRC, entry.compress_size = member.CRC, member.compress_size
    return entry.FileHeader(member.file_size > LARGE)


def _members(path: Path, size: int, file: BinaryIO) -> list[zipfile.ZipInfo]:
    """The directory of the bundle, with everything that it says of the members checked."""
    try:
        members = zipfile.ZipFile(file).infolist()
    except UNREADABLE as error:
        raise UsageError(f"not a bundle, or cut short ({error})", file=path) from None
    if len(members) > MOST_MEMBERS:
        raise UsageError(f"{len(members)} members; at most {MOST_MEMBERS} are accepted", file=path)
    before, total = "", 0
    for member in members:
        name = member.orig_filename
        total += member.file_size
        if not KNOWN.fullmatch(name):
            raise _refused(path, member, "no file of a run has that name")
        if name <= before:
            raise _refused(path, member, "is there twice, or out of order")
        if stat.S_IFMT(member.external_attr >> 16) != stat.S_IFREG:
            raise _refused(path, member, "not a plain file")
        if member.flag_bits & 1:
            raise _refused(path, member, "encrypted")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(path, member, f"compression method {member.compress_type} is not accepted")
        if total > max(MOST_BYTES, MOST_TIMES * size):
            raise _refused(path, member, "with it, the bundle would unpack to far more than it can honestly hold")
        if _described(member) != PLAIN or (member.extra and max(total, size) < LARGE):
            raise _refused(path, member, "not described as `harness bundle` does")
        before = name
    if missing := sorted({*NEEDED} - {member.filename for member in members}):
        raise EvidenceError(f"{path}: {missing[0]}: missing, so this is no whole run")
    return members


def _described(member: zipfile.ZipInfo) -> tuple[object, ...]:
    kind = (member.create_system, member.external_attr, member.internal_attr, member.volume, member.reserved)
    return (*kind, member.flag_bits, member.date_time, member.comment)


PLAIN = _described(_entry("", zipfile.ZIP_STORED, 0))


def _extract(path: Path, file: BinaryIO, member: zipfile.ZipInfo, out: BinaryIO) -> None:
    """Copy the member from where the file stands; stops as soon as there is more than was said."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    size = crc = 0
    left = member.compress_size
    while chunk := file.read(min(CHUNK, left)):
        left -= len(chunk)
        try:
            data = inflate.decompress(chunk) if inflate else chunk
        except zlib.error:
            raise EvidenceError(f"{path}: {member.filename}: damaged") from None
        size, crc = size + len(data), zlib.crc32(data, crc)
        if size > member.file_size:
            raise _refused(path, member, "unpacks to more than it says")
        out.write(data)
    whole = inflate is None or (inflate.eof and not inflate.unused_data)
    if left or not whole or (size, crc) != (member.file_size, member.CRC):
        raise EvidenceError(f"{path}: {member.filename}: damaged")


def _refused(path: Path, member: zipfile.ZipInfo, why: str) -> UsageError:
    return UsageError(why, file=path, key=f"{member.orig_filename!r:.200}")
