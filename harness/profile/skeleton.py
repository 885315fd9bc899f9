"""New product profiles to fill in: a folder for each kind, every key of it explained in a comment."""

import re
import shutil
from pathlib import Path

from harness.model.errors import UsageError
from harness.profile import schema, shipped

SKELETONS = shipped.ROOT / "profiles" / "skeletons"
SCHEMA_FILE = "product.schema.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
TABLE = re.compile(r"\[{1,2}([\w.-]+)\]{1,2}")
KEY = re.compile(r"([\w-]+) = ")


def make(kind: str, name: str, folder: Path) -> None:
    """Write a profile of that kind and name into a new folder, whole or not at all. Raises UsageError."""
    kinds = shipped.names(SKELETONS, "profile.toml")
    if kind not in kinds:
        raise UsageError(f"no kind {kind!r}; there are {', '.join(kinds)}")
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name: up to 100 letters, digits, '.', '_' and '-'")
    if folder.exists() or folder.is_symlink():
        raise UsageError("is there already, and is not written over", file=folder)
    texts = {path.name: path.read_text("utf-8").replace("@name@", name) for path in (SKELETONS / kind).iterdir()}
    texts["profile.toml"] = f"#:schema ./{SCHEMA_FILE}\n{explained(texts['profile.toml'])}"
    texts[SCHEMA_FILE] = schema.text("product")
    made = folder.with_name(f".{folder.name}.new")
    try:
        made.mkdir()
        try:
            for file, text in texts.items():
                (made / file).write_text(text, "utf-8")
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=folder) from None


def explained(text: str) -> str:
    """A product profile with a comment above each table and key, where it stands first, saying what the schema says."""
    made = schema.schema("product")
    said: set[str] = set()
    table: tuple[str, ...] = ()
    lines = []
    for line in text.splitlines():
        if match := TABLE.fullmatch(line):
            path = table = tuple(match[1].split("."))
        else:
            match = KEY.match(line)
            path = (*table, match[1]) if match else ()
        if path and (words := schema.description(made, path)) not in said | {""}:
            said.add(words)
            lines.append(f"# {words}")
        lines.append(line)
    return "\n".join(lines) + "\n"
