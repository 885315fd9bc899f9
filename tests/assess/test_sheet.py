"""The desk as a file: what is open is written, what was filled in is recorded, all of it or nothing."""

from pathlib import Path

import pytest

from harness.assess import sheet
from harness.assess.desk import Desk
from harness.evidence import addenda
from harness.model.errors import UsageError
from tests import builders
from tests.assess.test_desk import run
from tests.live import command


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(run(tmp_path / "run"), None, lambda: builders.NOW)


@pytest.fixture
def path(desk: Desk, tmp_path: Path) -> Path:
    """The sheet as it is written."""
    found = tmp_path / "open.toml"
    sheet.write(desk, found)
    return found


def filled(path: Path, **parts: str) -> None:
    """Fill in name, the finding on clause 6 with its file, and the verdict on the first case."""
    text = path.read_text("utf-8")
    text = text.replace('name = ""', f'name = "{parts.get("name", "Ann Other")}"')
    clause = '# finding = \nreason = ""\nevidence = []'
    done = f'finding = "{parts.get("finding", "met")}"\nreason = "{parts.get("reason", "Seen.")}"\n'
    text = text.replace(clause, done + f"evidence = [{parts.get('evidence', chr(34) + 'notes.txt' + chr(34))}]", 1)
    text = text.replace('# verdict = \nreason = ""', 'verdict = "blocked"\nreason = "A login of the filter."', 1)
    path.write_text(text + parts.get("more", ""), "utf-8")
    (path.parent / "notes.txt").write_text("It asked for the password.")


def test_what_is_filled_in_is_recorded_and_the_rest_stays_open(desk: Desk, path: Path) -> None:
    assert "# Security: Whether a child can go round it.\n# nobody has judged it\n" in path.read_text("utf-8")
    filled(path)
    sheet.read(desk, path)
    assert [type(entry).__name__ for entry in addenda.read(desk.folder)] == ["ClauseJudgement", "Adjudication"]
    assert desk.agenda.open == 2
    again = path.with_name("again.toml")
    sheet.write(desk, again)
    assert 'id = "6"' not in again.read_text("utf-8")
    assert 'id = "7"' in again.read_text("utf-8")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"name": " "}, "without an author"),
        ({"finding": "fine"}, "clause.0.finding"),
        ({"reason": ""}, "6.reason: say why"),
        ({"evidence": ""}, "needs a file"),
        ({"evidence": '"lost.txt"'}, "lost.txt.*cannot be read"),
        ({"more": '[[case]]\nid = "adult-05"\nsetting = "moderate"\nverdict = "blocked"\nreason = "x"\n'}, "adult-05"),
        ({"more": "[[clause]]\nid = 3\n"}, "clause.2.id"),
        ({"more": "colour = 1\n"}, "colour"),
        ({"more": "[[clause"}, "not valid TOML"),
    ],
    ids=["name", "finding", "reason", "evidence", "lost", "case", "type", "key", "toml"],
)
def test_what_is_wrong_is_named_and_nothing_recorded(desk: Desk, path: Path, parts: dict[str, str], words: str) -> None:
    filled(path, **parts)
    with pytest.raises(UsageError, match=words) as error:
        sheet.read(desk, path)
    assert "open.toml" in str(error.value)
    assert addenda.read(desk.folder) == ()


def test_the_command_writes_and_reads(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "open.toml"
    written = command("assess", desk.folder.path, "--write", path)
    assert (written.code, written.err) == (0, "")
    assert written.out.startswith("4 open; fill in ")
    assert "exists already" in command("assess", desk.folder.path, "--write", path).err
    filled(path)
    read = command("assess", desk.folder.path, "--read", path)
    assert (read.code, read.err) == (0, "")
    assert read.out.startswith("2 recorded, 2 still open\n")
    assert command("assess", desk.folder.path, "--read", path, "--write", path).code == 4
