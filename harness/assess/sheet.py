"""The same as the page, in a file to edit: what is open, with room for findings, and the way back into the journal."""

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from harness.assess.desk import Desk
from harness.model.addendum import Finding
from harness.model.errors import UsageError
from harness.model.words import Verdict
from harness.profile import toml
from harness.report import assessing, plain

HEAD = """\
# What is open of run {report}. Fill in what you can judge and leave the rest as it is; that is not recorded.
# finding: {findings}
# verdict: {verdicts}
# evidence: files that a finding rests on, by their path from this file's folder; met and not-met need one.
"""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ClauseRow(_Strict):
    id: str
    finding: Finding | None = None
    reason: str = ""
    evidence: tuple[str, ...] = Field(default=(), max_length=assessing.MOST)


class CaseRow(_Strict):
    id: str
    setting: str
    verdict: Verdict | None = None
    reason: str = ""


class Sheet(_Strict):
    """`blind` says that the person did not know the product's name."""

    name: str
    blind: bool
    clause: tuple[ClauseRow, ...] = ()
    case: tuple[CaseRow, ...] = ()


def write(desk: Desk, path: Path) -> None:
    """Write what is open. Raises UsageError when the file exists or cannot be written."""
    head = HEAD.format(
        report=plain.short(desk.derived.head),
        findings=", ".join(Finding),
        verdicts=", ".join(Verdict),
    )
    lines = [head, "# Who judges, and whether without knowing whose product it is", 'name = ""', "blind = false"]
    for item in desk.agenda.clauses:
        if item.open:
            lines += ["", f"# {_line(item.clause.title)}: {_line(item.clause.note)}"]
            lines += [f"# {_line(item.open)}", "[[clause]]", f"id = {_text(item.clause.id)}"]
            lines += ["# finding = ", 'reason = ""', "evidence = []"]
    for doubt in desk.agenda.doubts:
        if doubt.said is None:
            case = doubt.item.case
            lines += ["", f"# {_line(case.url)}: to {case.expectation}, {_line(doubt.item.reason)}", "[[case]]"]
            lines += [f"id = {_text(case.case_id)}", f"setting = {_text(doubt.item.setting)}"]
            lines += ["# verdict = ", 'reason = ""']
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise UsageError("exists already", file=path, key="--write") from None
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=path, key="--write") from None


def read(desk: Desk, path: Path) -> None:
    """Record what was filled in, all of it or, where something is wrong, nothing. Raises UsageError with file and
    key."""
    sheet = toml.validate(_given(toml.load(path)), Sheet, path)
    clauses = [row for row in sheet.clause if row.finding]
    cases = [row for row in sheet.case if row.verdict]
    files: dict[str, list[tuple[str, bytes]]] = {}
    try:
        desk.sit(sheet.name, sheet.blind)
        for row in clauses:
            desk.clause(row.id)
            files[row.id] = [(Path(name).name, assessing.read(path.parent / name)) for name in row.evidence]
            assessing.enough(row.finding or Finding.NOT_JUDGED, len(files[row.id]))
            for name, content in files[row.id]:
                assessing.attached(name, content)
        for case in cases:
            desk.doubt(case.id, case.setting)
        unsaid = [row.id for row in clauses if not row.reason.strip()]
        unsaid += [case.id for case in cases if not case.reason.strip()]
        if unsaid:
            raise UsageError("say why, in a line or two", key=f"{unsaid[0]}.reason")
    except UsageError as error:
        raise UsageError(str(error), file=path) from None
    for row in clauses:
        desk.judge(row.id, str(row.finding), row.reason, files[row.id])
    for case in cases:
        desk.adjudicate(case.id, case.setting, str(case.verdict), case.reason)


def _given(data: dict[str, object]) -> dict[str, object]:
    """The file's data without findings that were left empty."""
    for rows in (data.get("clause"), data.get("case")):
        for row in rows if isinstance(rows, list) else ():
            for key in ("finding", "verdict"):
                if isinstance(row, dict) and row.get(key) == "":
                    del row[key]
    return data


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _line(value: str) -> str:
    return " ".join(value.split())
