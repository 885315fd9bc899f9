"""`pytest --harness-product P --harness-corpus C --harness-criteria K`: a run whose criteria are tests.

Without these options nothing is imported, collected or changed.
"""

import warnings

import pytest

ASKS = ("harness_product", "harness_run")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("harness", "conformance of filtering software")
    for name, metavar, text in (
        ("product", "P", "test this product: a shipped name or a profile folder"),
        ("corpus", "C", "on this corpus"),
        ("criteria", "K", "against these criteria"),
        ("run", "DIR", "score this run in place of making one"),
        ("baseline", "DIR", "a case that was right in this run and is wrong now fails by name"),
        ("xfail", "FILE", "TOML of what is expected to fail, why and until when"),
        ("out", "DIR", "run folder to make; default runs/PRODUCT-CORPUS-TIME"),
        ("browser", "PROGRAM", "Chromium to drive"),
    ):
        group.addoption(f"--harness-{name}", default="", metavar=metavar, help=text)
    group.addoption("--harness-setting", action="append", default=[], metavar="S", help="level of the product")
    group.addoption("--harness-param", action="append", default=[], metavar="K=V", help="parameter of the product")
    group.addoption("--harness-limit", type=int, default=None, metavar="N", help="draw only so many cases")
    group.addoption("--harness-jobs", type=int, default=3, metavar="N", help="cases under way at once (3)")
    group.addoption("--harness-cases", action="store_true", help="each case is a test as well")


def pytest_configure(config: pytest.Config) -> None:
    given = [key for key in vars(config.option) if key.startswith("harness_") and key != "harness_jobs"]
    if any(config.getoption(key) for key in ASKS):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of libraries, as they are imported
            config.pluginmanager.import_plugin("harness.pytest_plugin.collect")
    elif wrong := [key for key in given if config.getoption(key)]:
        option = f"--{wrong[0].replace('_', '-')}"
        raise pytest.UsageError(f"{option} needs --harness-product or --harness-run")
