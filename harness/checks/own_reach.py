"""What another account of the computer can do to what a product goes by, and to its processes; each really tried."""

import os
from pathlib import Path

from harness.checks import processes
from harness.checks.ground import Ground
from harness.checks.shown import Shown, Untried
from harness.checks.tunnels import OTHER_ACCOUNT
from harness.model.check import Check
from harness.products.process import run
from harness.profile.product import which

SECONDS = 20.0
MOST = 2000  # files and folders
# Nothing is written: a file is opened to be added to, a folder gets a file that is removed at once.
TRY = """
for path; do
  if [ -d "$path" ]; then made=$(mktemp -p "$path" 2>/dev/null) && rm -f "$made" && echo "$path"
  else ( : >> "$path" ) 2>/dev/null && echo "$path"
  fi
done
true
"""


async def files(ground: Ground, check: Check) -> Shown:
    """Change the installed programs and files of the product. Raises Untried."""
    named = [*filter(None, map(which, ground.profile.install.programs)), *ground.profile.install.files]
    roots = [path for path in map(Path, named) if path.exists()]
    if not roots:
        return Shown(inapplicable="its profile names no files that it is installed as")
    paths = [path for root in roots for path in [root, *(root.rglob("*") if root.is_dir() else ())]][:MOST]
    _root()
    (control := ground.work / "open-to-all").touch()
    control.chmod(0o666)
    ground.work.chmod(0o755)
    done = await ground.execute([*OTHER_ACCOUNT, "sh", "-c", TRY, "sh", str(control), *map(str, paths)], SECONDS)
    could = done.out.splitlines()
    if str(control) not in could:
        raise Untried(f"another account can do nothing even to a file that is open to all: {done.errors[-200:]}")
    return Shown(facts={"tried": len(paths), "what": "change", "could": sorted(set(could) - {str(control)})})


async def ended(ground: Ground, check: Check) -> Shown:
    """End the processes of the product. Raises Untried."""
    own = processes.own(ground)
    if not own:
        return Shown(inapplicable="it is part of another program, and has no process of its own")
    _root()
    could = []
    for item in own:
        name = f"{item.name()} of {item.username()}"
        code, _ = await run([*OTHER_ACCOUNT, "sh", "-c", f"kill -TERM {item.pid}"], Path("/"), SECONDS)
        if code == 0:
            could.append(name)
    return Shown(facts={"tried": len(own), "what": "end", "could": sorted(could)})


def _root() -> None:
    if os.geteuid() != 0:
        raise Untried("it takes root to be another user of this computer")
