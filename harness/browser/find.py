"""Which Chromium to drive, and how to get one."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from harness.model.errors import HarnessError, UsageError

# headless-shell first: half the work a page of the full browser, same engine. Extensions and policies need the other.
SHELLS = ("chromium-headless-shell", "headless_shell")
FULL = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PROGRAMS = (*SHELLS, *FULL)
VARIABLE = "HARNESS_BROWSER"


def find(given: str | None = None) -> Path:
    """The browser given, named by HARNESS_BROWSER, on PATH, or downloaded by Playwright. Raises UsageError saying how
    to get one."""
    wanted = given or os.environ.get(VARIABLE)
    if wanted:
        path = shutil.which(wanted)
        if path is None:
            raise UsageError(f"no browser at {wanted!r} (from {'--browser' if given else VARIABLE})")
        return Path(path)
    for program in PROGRAMS:
        if path := shutil.which(program):
            return Path(path)
    if downloaded := _downloaded():
        return downloaded
    raise UsageError(
        "no Chromium found on PATH or downloaded; run `harness browser --install`, "
        f"or install your system's `chromium` package, or name one by --browser or {VARIABLE}"
    )


def is_shell(browser: Path) -> bool:
    """Whether it is a headless shell, by its name."""
    return re.search("headless[-_]shell", browser.name) is not None


def full(given: Path) -> Path:
    """A full Chromium: the one given unless it is a headless shell. Raises UsageError saying how to get one."""
    if not is_shell(given):
        return given
    for program in FULL:
        if path := shutil.which(program):
            return Path(path)
    raise UsageError(
        "this product needs a full Chromium, as a headless shell has neither extensions nor policies; install your"
        f" system's `chromium` package, or name one by --browser or {VARIABLE}"
    )


def _downloaded() -> Path | None:
    with importlib.import_module("playwright.sync_api").sync_playwright() as playwright:
        full = Path(playwright.chromium.executable_path)
    shells = sorted(full.parents[1].parent.glob("chromium_headless_shell-*/*/*headless*shell"), reverse=True)
    return next((path for path in [*shells, full] if path.is_file() and os.access(path, os.X_OK)), None)


def install() -> Path:
    """The browser found, or downloaded by Playwright, or installed from the system's packages when we are root."""
    try:
        return find()
    except UsageError:
        pass
    download = [sys.executable, "-m", "playwright", "install", "--only-shell"]
    tried = [[*download, "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        package = ["apt-get", "install", "-y", "--no-install-recommends"]
        tried = [
            ["apt-get", "update"],
            [*package, "chromium-headless-shell"],
            [*download, "--with-deps", "chromium"],
            *tried,
        ]
        tried.append([*package, "chromium"])
    for command in tried:
        print("+", " ".join(command), file=sys.stderr, flush=True)
        done = subprocess.run(
            command, stdout=sys.stderr, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        )
        if done.returncode == 0:
            try:
                return find()
            except UsageError:
                continue
    raise HarnessError(
        "no Chromium could be installed: the download failed and the system's packages were not to be had "
        f"({'as root' if os.geteuid() == 0 else 'not root'}); install Chromium by hand and name it by {VARIABLE}"
    )
