"""The table of what products stop says what the findings say."""

import json
from pathlib import Path
from typing import Any

from bench import battery
from harness.model import canonical
from harness.model.check import Assessment, Standing
from harness.profile import checks, shipped

CHECKS = checks.read(shipped.CHECKS / "battery.toml")


def written(path: Path, found: list[tuple[Standing, str, str]], **params: str) -> Path:
    """The file of a run whose first checks were found so."""
    findings = [Assessment(check, "moderate", *given) for check, given in zip(CHECKS, found, strict=False)]
    whole: dict[str, Any] = {"product": "e2guardian", "params": params, "setting": "moderate", "tries": []}
    whole["grounds"] = [{"versions": {"version": "5.3.5", "policy": "sha256 " + 64 * "0"}, "route": "proxy"}]
    path.write_text(json.dumps(canonical.plain({**whole, "findings": findings})), "utf-8")
    return path


def test_every_finding_is_told_and_reasons_once(tmp_path: Path) -> None:
    closed = written(
        tmp_path / "closed.json",
        [
            (Standing.HELD, "passage.stopped", "it did not come through"),
            (Standing.HELD, "passage.all-stopped", "stopped, as is what is allowed"),
            (Standing.BROKEN, "passage.came-through", "it came | through"),
            (Standing.NOT_ASSESSED, "check.not-measured", "the browser\ndied"),
            (Standing.NOT_APPLICABLE, "check.not-applicable", "no such thing"),
        ],
        network="closed",
    )
    opened = written(
        tmp_path / "open.json",
        [
            *[(Standing.BROKEN, "passage.came-through", "it came through")] * 4,
            (Standing.NOT_APPLICABLE, "check.not-applicable", "no such thing"),
        ],
        network="open",
    )
    said = list(battery.lines(battery.columns([closed, opened]), "2026-01-31", "Chromium 156"))
    assert "| e2guardian | version 5.3.5 | proxy | 2 | 1 | 0, 0, 1, 0 | 1 | 1 |" in said
    assert "| e2guardian, network = open | version 5.3.5 | proxy | 0 | 4 | 0, 2, 2, 0 | 1 | 0 |" in said
    rows = [line.split(" | ")[2:] for line in said if line.startswith("| `address-")]
    assert rows == [
        ["held", "**broken** |"],
        ["held, as all is", "**broken** |"],
        ["**broken**", "**broken** |"],
        ["–", "**broken** |"],
        ["n/a", "n/a |"],
    ]
    assert "- `address-hexadecimal`, not-assessed: the browser died (e2guardian)" in said
    assert "- `address-octal`, not-applicable: no such thing (e2guardian; e2guardian, network = open)" in said


def test_files_of_one_product_make_one_column(tmp_path: Path) -> None:
    first = written(tmp_path / "1.json", [(Standing.HELD, "passage.stopped", "")])
    again = written(tmp_path / "2.json", [(Standing.BROKEN, "passage.came-through", "")])
    faulty = written(tmp_path / "3.json", [(Standing.NOT_ASSESSED, "check.not-measured", "the browser died")])
    (column,) = battery.columns([first, again, faulty])
    assert battery.cell(column.findings[CHECKS[0].id]) == "**broken**"
    assert battery.cell(None) == ""
