"""A product's messages to the system's log come to us, and to nobody else."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.products.process import Process
from harness.products.system_log import PLACE, SystemLog
from tests import live
from tests.internet.test_room import ROOT, ordinary_python

SAYS = (
    "import os, syslog\n"
    "syslog.openlog('product', syslog.LOG_PID, syslog.LOG_DAEMON)\n"
    "syslog.syslog(syslog.LOG_ERR, 'cannot read the list /somewhere')\n"
    "print('as', os.geteuid(), flush=True)\n"
)

pytestmark = pytest.mark.room


def test_what_a_program_tells_the_system_comes_to_us() -> None:
    there = PLACE.exists()

    async def life(folder: Path) -> tuple[list[str], str]:
        log = await SystemLog.open(folder / "log")
        process = await Process.start([sys.executable, "-c", SAYS], folder, around=log.around)
        code = await process.wait(60)
        assert code == 0, process.words
        await asyncio.sleep(0.1)  # what it said lies there
        await log.close()
        return log.lines, process.words

    with live.scratch() as scratch:
        folder = scratch / ("with a name of its own, which is longer than the address of a socket may be" * 2)
        folder.mkdir()
        lines, words = asyncio.run(life(folder))
    assert words == f"as {os.geteuid()}\n"
    (line,) = lines
    assert line.startswith("product[")
    assert line.endswith("]: cannot read the list /somewhere")
    assert PLACE.exists() is there


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_has_the_same() -> None:
    paths = os.pathsep.join([str(ROOT), *[path for path in sys.path if path.endswith("-packages")]])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nowhere"}
    done = subprocess.run(
        [*ordinary_python(environment), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "comes_to_us", __file__],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
