"""The import rule: imports go down or stay in their layer, and the judging layers touch nothing outside."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {
    "cli": 4,
    "pytest_plugin": 4,
    "assess": 4,
    "run": 3,
    "checks": 3,
    "report": 3,
    "browser": 2,
    "internet": 2,
    "products": 2,
    "corpus": 1,
    "profile": 1,
    "evidence": 1,
    "classify": 1,
    "score": 1,
    "model": 0,
}
PURE = {
    "classify": ("harness.model", "harness.classify", "harness.score.agreement", "harness.score.intervals"),
    "score": ("harness.model", "harness.classify", "harness.score", "harness.profile.criteria"),
}
PURE_LIBRARIES = {
    "abc",
    "collections",
    "dataclasses",
    "enum",
    "fnmatch",
    "fractions",
    "functools",
    "itertools",
    "math",
    "numpy",
    "re",
    "scipy",
    "typing",
}
IMPURE_CALLS = {"open", "input", "print", "exec", "eval", "__import__"}
FILES = sorted((ROOT / "harness").rglob("*.py"))


def imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        if node.level:
            yield "harness.<relative>"
        else:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def under(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def violations(source: str, package: str) -> list[str]:
    """What a module of `package` does against the rule."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = {id(child) for function in functions for child in ast.walk(function)}
    found = []
    for node in ast.walk(tree):
        for name in imported(node):
            first_party = under(name, "harness")
            target = name.split(".")[1] if first_party and "." in name else ""
            if target and target != "__version__" and LAYERS.get(target, 9) > LAYERS[package]:
                found.append(f"imports upwards: {name}")
            if first_party and id(node) in inner:
                found.append(f"imports within a function: {name}")
            if package in PURE and first_party and not any(under(name, allowed) for allowed in PURE[package]):
                found.append(f"is not pure: {name}")
            if package in PURE and not first_party and name.split(".")[0] not in PURE_LIBRARIES:
                found.append(f"is not pure: {name}")
        if package in PURE and isinstance(node, ast.Name) and node.id in IMPURE_CALLS:
            found.append(f"is not pure: {node.id}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    parts = path.relative_to(ROOT / "harness").with_suffix("").parts
    if parts != ("__init__",):
        assert violations(path.read_text("utf-8"), parts[0]) == []


def test_every_package_has_a_layer() -> None:
    assert {path.relative_to(ROOT / "harness").with_suffix("").parts[0] for path in FILES} - {"__init__"} <= set(LAYERS)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("model", "from harness.corpus import load"),
        ("corpus", "import harness.products.lists"),
        ("corpus", "from harness import run"),
        ("run", "from harness.cli.main import main"),
        ("browser", "from . import tab"),
        ("run", "def late():\n    from harness.model import url"),
        ("run", "class A:\n    async def late(self):\n        import harness.model"),
        ("classify", "from pathlib import Path"),
        ("classify", "from harness.profile.criteria import Criteria"),
        ("classify", "import time"),
        ("score", "import os"),
        ("score", "from harness.evidence import seal"),
        ("score", "from harness.profile import product"),
        ("score", "open('x')"),
        ("model", "from harness.unheard_of import thing"),
    ],
)
def test_the_rule_sees(package: str, source: str) -> None:
    assert violations(source, package)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("run", "import harness"),
        ("cli", "from harness.run import plan"),
        ("corpus", "from harness.profile import shipped"),
        ("score", "from harness.profile.criteria import Criterion"),
        ("score", "from scipy import stats"),
        ("run", "def late():\n    import json"),
    ],
)
def test_the_rule_permits(package: str, source: str) -> None:
    assert violations(source, package) == []
