"""Where the corpora, profiles and templates that ship with the harness lie, from a wheel or from a checkout."""

from pathlib import Path

from harness.model.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent.parent
ROOT = _PACKAGE / "_shipped" if (_PACKAGE / "_shipped").is_dir() else _PACKAGE.parent

CORPORA = ROOT / "corpora"
PRODUCTS = ROOT / "profiles" / "products"
CRITERIA = ROOT / "profiles" / "criteria"
RULES = ROOT / "profiles" / "rules"
CHECKS = ROOT / "profiles" / "checks"
TEMPLATES = ROOT / "reports" / "templates"


def names(folder: Path, marker: str) -> list[str]:
    """Names of the shipped things in `folder`: sub-folders that hold `marker`, or files ending in `marker`."""
    if marker.startswith("*"):
        return sorted(path.stem for path in folder.glob(marker))
    return sorted(path.parent.name for path in folder.glob(f"*/{marker}"))


def find(ref: str, folder: Path, marker: str, what: str) -> Path:
    """The path that `ref` means: an existing path, or a shipped name. Raises UsageError listing the shipped names."""
    shipped = folder / (ref + marker[1:] if marker.startswith("*") else ref)
    if "/" not in ref and not ref.startswith(".") and shipped.exists():
        return shipped
    path = Path(ref).expanduser()
    if path.exists():
        return path.resolve()
    known = ", ".join(names(folder, marker)) or "none"
    raise UsageError(f"no {what} named or at {ref!r}; shipped: {known}")
