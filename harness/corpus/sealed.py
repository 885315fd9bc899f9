"""Sealed corpora: cases and fixtures encrypted to a laboratory (age, https://age-encryption.org/v1), opened in memory.

Out of the box a case has a keyed hash, scheme, category and expectation, and nothing else: whoever has no key cannot
find out what it is, nor try whether it is what they think.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyrage

from harness.model import canonical
from harness.model import url as urls
from harness.model.case import SEALED, Case
from harness.model.errors import UsageError
from harness.model.words import Expectation

FILE = "cases.age"
SCHEMA = "pas-harness/sealed-corpus/1"
MAX_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Opened:
    """`cases` as they may be written down; `clear` has each of them as it is, by the id of the former, and `fixtures`
    the bytes of fixtures by name: neither is for any file. `digest` is keyed too."""

    key: bytes
    cases: tuple[Case, ...]
    clear: Mapping[str, Case]
    fixtures: Mapping[str, bytes]
    digest: str

    def alias(self, text: str) -> str:
        """What stands for a text in all that is written down; "" for ""."""
        return hmac.new(self.key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest() if text else ""


def seal(cases: Sequence[Case], fixtures: Mapping[str, bytes], recipients: Sequence[str], key: bytes) -> bytes:
    """The encrypted file; `key` are 32 secret random bytes, which go into it. Raises UsageError for what is no age
    recipient (age1…)."""
    try:
        known = [pyrage.x25519.Recipient.from_str(item.strip()) for item in recipients]
    except pyrage.RecipientError:
        raise UsageError("no age recipient; it reads age1…", key="--to") from None
    inside = {
        "schema": SCHEMA,
        "key": key.hex(),
        "cases": cases,
        "fixtures": {name: base64.b64encode(data).decode() for name, data in fixtures.items()},
    }
    return bytes(pyrage.encrypt(canonical.dumps(inside).encode(), known))


def open_(path: Path, identity: str) -> Opened:
    """What is in the file, by a private key (AGE-SECRET-KEY-1…). Raises UsageError, which tells nothing of it."""
    try:
        key = pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError:
        raise UsageError("no age identity; it reads AGE-SECRET-KEY-1…", key="--unseal") from None
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"more than {MAX_BYTES} bytes", file=path)
        inside = pyrage.decrypt(path.read_bytes(), [key])
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path) from None
    except pyrage.DecryptError:
        raise UsageError("not sealed to this key, or damaged", file=path, key="--unseal") from None
    try:
        return _opened(json.loads(inside))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UsageError("opened, but what is in it is no sealed corpus of this version", file=path) from None


def _opened(inside: dict[str, Any]) -> Opened:
    """Raises ValueError, TypeError, KeyError or AttributeError when it is none."""
    key = bytes.fromhex(inside["key"])
    if inside["schema"] != SCHEMA or len(key) != 32 or not inside["cases"]:
        raise ValueError
    found = [Case(**{**row, "expectation": Expectation(row["expectation"])}) for row in inside["cases"]]
    # A colon keeps their names apart from those of an open corpus in the same run.
    fixtures = {f"sealed:{name}": base64.b64decode(data) for name, data in inside["fixtures"].items()}
    found = [replace(case, fixture=case.fixture and f"sealed:{case.fixture}") for case in found]
    opened = Opened(key, (), {}, fixtures, "")
    pairs = [(_covered(case, opened), case) for case in found]
    clear = {public.case_id: case for public, case in pairs}
    if len(clear) != len(found) or any(case.fixture and case.fixture not in fixtures for case in found):
        raise ValueError
    whole = canonical.dumps({"cases": inside["cases"], "fixtures": inside["fixtures"]})
    return replace(opened, cases=tuple(public for public, _ in pairs), clear=clear, digest=opened.alias(whole))


def _covered(case: Case, opened: Opened) -> Case:
    """The case as it may be written down: which cases share a site still shows, as intervals depend on it."""
    parsed = urls.parse(case.url)
    name = opened.alias(case.case_id)[:24]
    cluster = opened.alias(case.cluster or urls.site(parsed.hostname))[:24]
    return Case(
        case_id=f"sealed-{name}",
        url=f"{parsed.scheme}://{name}.{SEALED}/",
        category=case.category,
        expectation=case.expectation,
        weight=case.weight,
        cluster=f"sealed-{cluster}",
    )
