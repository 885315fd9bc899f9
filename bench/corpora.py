"""Do imported corpora hold what their lists hold, and how long does it take? `python -m bench.corpora [FOLDER]`.

With FOLDER, every list below it, of Citizen Lab (`COUNTRY.csv`) or UT1 (`CATEGORY/domains`), is imported, and counted
with pandas and the standard library alone: rows, duplicates, conflicting labels, IP addresses, internationalised names;
exit 1 when a figure differs. Without, a made-up list of --rows domains on reserved names is imported, loaded, checked
and sampled, each step in a process of its own, beside pandas reading the same file. Nothing is sent to any host.
"""

import argparse
import ipaddress
import os
import random
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

import pandas as pd

from harness.corpus.importing import job
from harness.corpus.importing.row import Reason
from harness.model.errors import UsageError
from harness.profile import crosswalk

LEFT = {"duplicates": Reason.DUPLICATE, "conflicts": Reason.CONFLICT, "unmapped": Reason.UNMAPPED}
TLDS = ("test", "example", "invalid")
READ = "import sys, pandas; pandas.read_csv(sys.argv[1], header=None)"
HARNESS = "from harness.cli.main import main; main()"
LOAD = "import sys; from harness.corpus.load import load; load(sys.argv[1])"


def citizenlab(folder: Path) -> pd.DataFrame:
    """Text and category of every row."""
    files = [path for path in sorted(folder.glob("*.csv")) if not path.name.startswith("00-LEGEND")]
    rows = pd.concat([pd.read_csv(path, dtype=str, keep_default_na=False) for path in files])
    return pd.DataFrame({"text": rows["url"].to_list(), "category": rows["category_code"].to_list()})


def ut1(folder: Path) -> pd.DataFrame:
    """Text and category of every line that says something."""
    files = [path for name in ("domains", "urls") for path in sorted(folder.glob(f"**/{name}"))]
    lines = [(line, path.parent.name) for path in files for line in path.read_text("utf-8").splitlines()]
    rows = pd.DataFrame(lines, columns=["text", "category"])
    rows["text"] = rows["text"].str.replace(r"(^|\s)#.*", "", regex=True).str.strip()
    return rows[rows["text"] != ""]


def counted(rows: pd.DataFrame, format_: str) -> dict[str, int]:
    """The figures by pandas: of rows with a mapped category, those whose page has several labels conflict; of the
    others, all but the first of a request are duplicates."""
    entries = tomllib.loads((crosswalk.FOLDER / f"{format_}.toml").read_text("utf-8"))["map"]
    names = {name: entry for key, entry in entries.items() for name in (key, *entry.get("aliases", ()))}
    labels = {key: f"{entry['category']}/{entry['expectation']}" for key, entry in names.items() if "category" in entry}
    mapped = rows.assign(label=rows["category"].map(labels)).dropna(subset="label")
    split = [_split(text) for text in mapped["text"]]
    mapped = mapped.assign(scheme=[part[0] for part in split], host=[part[1] for part in split])
    mapped = mapped.assign(page=[host + rest for _, host, rest in split])
    contested = mapped.groupby("page")["label"].transform("nunique") > 1
    settled = mapped[~contested]
    cases = settled.drop_duplicates(["scheme", "page"])
    return {
        "rows": len(rows),
        "cases": len(cases),
        "unmapped": len(rows) - len(mapped),
        "conflicts": int(contested.sum()),
        "duplicates": len(settled) - len(cases),
        "ips": int(cases["host"].map(_is_ip).sum()),
        "idns": int(cases["host"].str.contains(r"(?:^|\.)xn--").sum()),
    }


def _split(text: str) -> tuple[str, str, str]:
    """Scheme, host and the rest of what is asked for, read by the standard library alone."""
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "").encode("idna").decode() if not (parts.hostname or "").isascii() else parts.hostname
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    safe = "%/:=&?~+!$,;@()*'[]|^\\"
    query = f"?{quote(parts.query, safe)}" if "?" in text.partition("#")[0] else ""  # "/x?" is not "/x"
    return parts.scheme, host or "", f"{port}{quote(parts.path, safe) or '/'}{query}"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def imported(source: Path, format_: str, into: Path) -> dict[str, int]:
    """The same figures by the import."""
    done = job.carry_out(job.Import(format_, source, into))
    left = {name: done.rejects.get(reason, 0) for name, reason in LEFT.items()}
    return {"rows": done.rows, "cases": sum(done.cases.values()), "ips": done.ips, "idns": done.idns, **left}


def compare(folder: Path) -> int:
    """Print the figures of every list below the folder, both ways; the exit code."""
    found = {path.parent: ("citizenlab", citizenlab) for path in folder.rglob("global.csv")}
    found |= {path.parent.parent: ("ut1", ut1) for path in folder.rglob("domains")}
    if not found:
        raise UsageError("neither global.csv nor CATEGORY/domains in it", file=folder)
    wrong = 0
    for source, (format_, read) in sorted(found.items()):
        theirs = counted(read(source), format_)
        with tempfile.TemporaryDirectory() as scratch:
            ours = imported(source, format_, Path(scratch) / "corpus")
        print(f"{source} ({format_})\n{'':12}{'import':>8}{'pandas':>8}")
        for name, figure in theirs.items():
            differs = "" if ours[name] == figure else "  DIFFERS"
            wrong += bool(differs)
            print(f"{name:12}{ours[name]:8}{figure:8}{differs}")
    return 1 if wrong else 0


def timed(rows: int, seed: int) -> None:
    """Print processor time and memory of each step on a made-up list, and their ratios to pandas reading it."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as scratch:
        source, corpus, drawn = (str(Path(scratch) / name) for name in ("domains.txt", "corpus", "sample"))
        with Path(source).open("w") as out:
            for number in range(rows):
                out.write(f"{'www.' * (rng.random() < 0.2)}site-{number}-{rng.randrange(1000)}.{rng.choice(TLDS)}\n")
        steps = {
            "pandas": [READ, source],
            "import": [HARNESS, "corpus", "import", "domains", source, "--into", corpus, "--label", "gambling:block"],
            "load": [LOAD, corpus],
            "check": [HARNESS, "corpus", "check", corpus],
            "sample": [HARNESS, "corpus", "sample", corpus, "--into", drawn, "--size", str(min(rows, 10_000))],
        }
        print(f"{rows} domains\n{'':10}{'CPU s':>9}{'ratio':>8}{'MiB':>8}{'ratio':>8}")
        base = None
        for name, (code, *arguments) in steps.items():
            seconds, memory = _measured([sys.executable, "-c", code, *arguments])
            base = base or (seconds, memory)
            print(f"{name:10}{seconds:9.1f}{seconds / base[0]:8.1f}{memory:8.0f}{memory / base[1]:8.1f}")


def _measured(command: list[str]) -> tuple[float, float]:
    """Seconds of processor time, and MiB of memory at the most."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise UsageError(f"ended with {os.waitstatus_to_exitcode(status)}: {command[-1]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    try:
        if chosen.folder:
            sys.exit(compare(chosen.folder))
        timed(chosen.rows, chosen.seed)
    except (UsageError, OSError) as error:
        print(error, file=sys.stderr)
        sys.exit(UsageError.exit_code)


if __name__ == "__main__":
    main()
