"""Canonical JSON and digests: same value, same bytes."""

import hashlib
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

SIMPLE = frozenset((str, int, float, bool, type(None)))
# Metadata of a field that is left out where it has its default, so that what was written without it keeps its bytes.
LATER = {"later": True}


def plain(value: Any) -> Any:
    """Dataclasses, enums, tuples and sets as plain JSON values; empty optional parts stay, so that shape is
    constant, but for fields that are `LATER`."""
    if type(value) in SIMPLE:  # most are, and there are many
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(getattr(value, f.name))
            for f in fields(value)
            if not f.metadata or getattr(value, f.name) != f.default
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def dumps(value: Any) -> str:
    """One line: sorted keys, no spaces, UTF-8 kept, NaN and infinity refused (ValueError)."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def pretty(value: Any) -> str:
    """As `dumps`, indented for people, with a final newline."""
    return json.dumps(plain(value), sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def digest(data: bytes | str) -> str:
    """Lower-case hex SHA-256 of the bytes, or of the UTF-8 of the text (lone surrogates kept)."""
    return hashlib.sha256(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data).hexdigest()
