"""TOML files read into pydantic models, with errors that name file and key."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from harness.model.errors import UsageError

MAX_BYTES = 4 * 1024 * 1024
Model = TypeVar("Model", bound=BaseModel)


def load(path: Path) -> dict[str, Any]:
    """The parsed file. Raises UsageError when it is missing, huge, not UTF-8 or not TOML."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"larger than {MAX_BYTES} bytes", file=path)
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise UsageError("file not found", file=path) from None
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise UsageError("not UTF-8", file=path, line=line) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"not valid TOML: {error}", file=path) from None


def validate(data: dict[str, Any], model: type[Model], path: Path) -> Model:
    """`data` as `model`. Raises UsageError listing every key that is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        raise UsageError("; ".join(problems), file=path) from None
