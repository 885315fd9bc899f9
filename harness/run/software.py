"""The software that a result could depend on."""

import platform
from importlib.metadata import version
from pathlib import Path

import harness
from harness.model import canonical

LIBRARIES = ("mitmproxy", "playwright", "pandas", "pyarrow", "scipy", "Jinja2")


def versions() -> dict[str, str]:
    """Versions of everything a result could depend on."""
    return {
        "pas-harness": harness.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{name: version(name) for name in LIBRARIES},
    }


def code() -> str:
    """The digest of the harness's own modules, which tells what one version number does not."""
    package = Path(harness.__file__).parent
    files = {path.relative_to(package).as_posix(): path.read_bytes() for path in package.rglob("*.py")}
    return canonical.digest(canonical.dumps({name: canonical.digest(data) for name, data in files.items()}))
