"""A room: names, addresses and ports inside lead to the replayed Internet, nothing else leads out or in, and nothing of
it stays. Real networks, real processes, and once more as an ordinary user."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import psutil
import pytest

from harness.internet import room as rooms
from harness.internet.client import Internet
from harness.internet.pages import MISS_MARK, TOKEN
from harness.internet.room import Room
from harness.model.errors import HarnessError
from harness.model.words import Arm

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
NOBODY = 65534
DOORS = (80, 443, 8080, 8443)
REFUSED = "ConnectionRefusedError"
HOLDS_A_ROOM = """
import asyncio, sys
from pathlib import Path
from tests.internet.test_room import furnished, output

async def main():
    async with furnished(Path(sys.argv[1])) as (room, internet):
        await output(room, ["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 &"])
        print(room.command([])[-3], flush=True)
        await asyncio.sleep(1000)

asyncio.run(main())
"""

pytestmark = pytest.mark.room


@contextlib.asynccontextmanager
async def furnished(folder: Path, doors: Sequence[int] = DOORS) -> AsyncIterator[tuple[Room, Internet]]:
    """A room before a replayed Internet."""
    internet = Internet(folder, {}, {"block.harness.test": "<p>stopped"}, "nonce")
    await internet.start()
    try:
        room = await Room.open(folder / "room", doors, internet.doors)
        try:
            yield room, internet
        finally:
            await room.close()
    finally:
        await internet.stop()


async def output(room: Room, arguments: Sequence[str], privileged: bool = False) -> str:
    """What a program inside printed."""
    process = await asyncio.create_subprocess_exec(
        *room.command(arguments, privileged), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return (await process.communicate())[0].decode().strip()


async def visits(room: Room, *urls: str) -> list[str]:
    """What came of each visit from inside: its token, "miss", or the words there."""
    bodies = json.loads(await output(room, [sys.executable, "-I", "-S", str(HERE / "visit.py"), *urls]))
    return [next(iter(TOKEN.findall(body)), "miss" if MISS_MARK in body else body) for body in bodies]


def inside(network: int) -> list[int]:
    """The processes in that network."""
    found = []
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/ns/net").stat().st_ino == network:
                found.append(pid)
    return found


def until(holds: Callable[[], bool]) -> bool:
    """Whether it holds before long."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_every_case_is_reached_by_name_and_by_address(tmp_path: Path) -> None:
    urls = [
        "http://case.test/page",
        "https://other.example/page",
        "http://case.test:8080/page",
        "https://other.example:8443/page",
        "http://192.0.2.1/page",
        "https://192.0.2.2/page",
        "http://[2001:db8::1]:8080/page",
        "https://[2001:db8::2]/page",
    ]

    async def life() -> None:
        async with furnished(tmp_path) as (room, internet):
            tokens = [await internet.open(str(index), Arm.TEST, url, None) for index, url in enumerate(urls)]
            assert await visits(room, *urls) == tokens
            assert await visits(room, *reversed(urls), urls[1]) == [*reversed(tokens), tokens[1]]
            for index, url in enumerate(urls):
                receipts = await internet.close(str(index))
                assert {(item.url, item.method, item.status, item.served) for item in receipts} == {
                    (url, "GET", 200, "page")
                }
                assert len(receipts) == (3 if index == 1 else 2)
            assert await internet.strays() == {}

    asyncio.run(life())


def test_one_connection_serves_many_requests(tmp_path: Path) -> None:
    async def life() -> None:
        async with furnished(tmp_path) as (room, internet):
            urls = [f"{scheme}://case.test/{number}" for scheme in ("http", "https") for number in range(20)]
            tokens = [await internet.open(url, Arm.TEST, url, None) for url in urls[:20]]
            assert await visits(room, *urls) == tokens * 2

    asyncio.run(life())


def test_what_is_no_case_is_missed_or_refused(tmp_path: Path) -> None:
    async def life() -> None:
        async with furnished(tmp_path) as (room, internet):
            await internet.open("control", Arm.CONTROL, "http://control.test/", None)
            assert await visits(room, "http://nowhere.test/", "https://nowhere.test/", "http://control.test/") == [
                "miss",
                "miss",
                "miss",
            ]
            assert await internet.strays() == {"nowhere.test: miss": 2, "control.test: miss": 1}
            assert await visits(room, "http://block.harness.test/why") == ["<p>stopped"]
            # A door that nobody declared, and where names lead that a product blocks.
            shut = [
                "http://case.test:81/",
                "http://127.0.0.1/",
                "https://127.0.0.2/",
                "http://0.0.0.0/",
                "http://[::1]/",
            ]
            assert await visits(room, *shut) == [REFUSED] * len(shut)

    asyncio.run(life())


def test_a_request_that_names_no_host_is_known_by_its_address(tmp_path: Path) -> None:
    script = """
import socket
with socket.create_connection(("192.0.2.1", 8080)) as line:
    line.sendall(b"GET /page HTTP/1.0\\r\\n\\r\\n")
    print(line.makefile().read())
"""

    async def life() -> None:
        async with furnished(tmp_path) as (room, internet):
            token = await internet.open("one", Arm.TEST, "http://192.0.2.1:8080/page", None)
            assert token in await output(room, [sys.executable, "-I", "-S", "-c", script])

    asyncio.run(life())


def test_nothing_leads_out(tmp_path: Path) -> None:
    async def life() -> None:
        with socket.create_server(("0.0.0.0", 0)) as world:
            port = world.getsockname()[1]
            async with furnished(tmp_path, [*DOORS, port]) as (room, internet):
                own = f"http://127.0.0.1:{port}/"
                assert await visits(room, own, f"http://127.0.0.1:{internet.test_port}/") == [REFUSED] * 2
                addresses = [
                    item.address
                    for items in psutil.net_if_addrs().values()
                    for item in items
                    if item.family is socket.AF_INET and not item.address.startswith("127.")
                ]
                # The machine's other addresses are Internet like all others.
                assert await visits(room, *[f"http://{address}:{port}/" for address in addresses]) == ["miss"] * len(
                    addresses
                )
            world.setblocking(False)
            with pytest.raises(BlockingIOError):
                world.accept()

    asyncio.run(life())


def test_the_way_in_is_by_connect_and_expose_alone(tmp_path: Path) -> None:
    script = """
import socket
with socket.create_server(("127.0.0.1", 80)) as server:
    while True:
        line, _ = server.accept()
        line.sendall(line.makefile().readline()[::-1].encode())
        line.close()
"""

    async def says(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"abc\n")
        try:
            return await reader.read()
        finally:
            writer.close()

    async def life() -> None:
        async with furnished(tmp_path) as (room, _):
            exposed = await room.expose(80)
            with contextlib.suppress(ConnectionResetError):
                assert await says(exposed) == b""
            with pytest.raises(ConnectionRefusedError):
                await room.connect(80)
            server = await asyncio.create_subprocess_exec(
                *room.command([sys.executable, "-I", "-S", "-c", script]), stderr=subprocess.DEVNULL
            )
            async with asyncio.timeout(10):
                while True:
                    with contextlib.suppress(ConnectionRefusedError):
                        _, writer = await room.connect(80)
                        break
            writer.close()
            assert await asyncio.gather(*[says(exposed) for _ in range(20)]) == [b"\ncba"] * 20
            server.terminate()
            assert await server.wait() == -signal.SIGTERM
        with pytest.raises(ConnectionRefusedError):
            await says(exposed)

    asyncio.run(life())


def test_it_outlives_the_internet_before_it(tmp_path: Path) -> None:
    async def life() -> None:
        async with furnished(tmp_path) as (room, internet):
            os.kill(internet.pid, signal.SIGKILL)
            assert await asyncio.to_thread(until, lambda: not internet.alive)
            await internet.start()
            token = await internet.open("one", Arm.TEST, "https://case.test/", None)
            assert await visits(room, "http://case.test/", "http://nowhere.test/") == [token, "miss"]

    asyncio.run(life())


def test_names_are_asked_where_it_is_told(tmp_path: Path) -> None:
    async def life() -> None:
        async with furnished(tmp_path) as (room, _):
            assert "198.18.0.1" in await output(room, ["getent", "ahosts", "any.name.test"])
            room.resolv("127.0.0.1")
            assert await output(room, ["getent", "ahosts", "any.name.test"]) == ""

    asyncio.run(life())


def test_what_is_bound_is_seen_inside_alone(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text("{}")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a").write_text("a")
    before = sorted(Path("/etc").iterdir())
    missing = [Path("/etc/pas-harness-test/policies") / name for name in ("one.json", "two.json", "folder")]

    async def life() -> None:
        async with furnished(tmp_path) as (room, _):
            entries = await output(room, ["ls", "-A", "/etc"])
            for target, source in zip(missing, ("policy.json", "policy.json", "folder"), strict=True):
                await room.bind(tmp_path / source, target)
            await room.bind(tmp_path / "policy.json", Path("/etc/passwd"))
            assert await output(room, ["cat", str(missing[0]), str(missing[1]), str(missing[2] / "a")]) == "{}{}a"
            assert await output(room, ["cat", "/etc/passwd"]) == "{}"
            shown = await output(room, ["ls", "-A", "/etc"])
            assert set(shown.split()) == {*entries.split(), "pas-harness-test"}
            assert await output(room, ["cat", "/etc/group"]) == Path("/etc/group").read_text().strip()
            with pytest.raises(HarnessError, match="No such file"):
                await room.bind(tmp_path / "nothing", Path("/etc/passwd"))
            with pytest.raises(HarnessError, match="cannot be covered"):
                await room.bind(tmp_path / "folder", Path("/pas-harness-test/folder"))

    asyncio.run(life())
    assert sorted(Path("/etc").iterdir()) == before
    assert not Path("/pas-harness-test").exists()
    assert "root:" in Path("/etc/passwd").read_text()


def test_programs_inside_run_as_anywhere(tmp_path: Path) -> None:
    async def code(*arguments: str) -> int:
        process = await asyncio.create_subprocess_exec(*arguments, stderr=subprocess.DEVNULL)
        return await process.wait()

    async def life() -> None:
        async with furnished(tmp_path) as (room, _):
            assert await output(room, ["id", "-u"]) == str(os.geteuid())
            assert await output(room, ["id", "-u"], privileged=True) == "0"
            assert await output(room, ["pwd"]) == os.fspath(Path.cwd())
            assert await code(*room.command(["sh", "-c", "exit 7"])) == 7
            assert await code(*room.command(["sh", "-c", "kill -KILL $$"])) == -signal.SIGKILL
            assert await code(*room.command(["/no/such/program"])) == 127
            assert await code(*room.command(["ip", "link", "set", "lo", "down"])) == (0 if os.geteuid() == 0 else 2)
            script = room.executable(Path(shutil.which("printf") or ""))
            printed = await asyncio.create_subprocess_exec(script, "%s|", "a b", "*", stdout=subprocess.PIPE)
            assert (await printed.communicate())[0] == b"a b|*|"

            gentle = room.command(["sh", "-c", "trap 'exit 3' TERM; echo; while :; do sleep 0.01; done"])

            async def told_at_once() -> int:
                process = await asyncio.create_subprocess_exec(*gentle, stdout=subprocess.PIPE)
                assert process.stdout
                await process.stdout.readline()
                process.terminate()
                return await process.wait()

            assert await asyncio.gather(*(told_at_once() for _ in range(16))) == [3] * 16

            process = await asyncio.create_subprocess_exec(*room.command(["sleep", "1000"]))
            network = int(room.command([])[-3])
            assert await asyncio.to_thread(until, lambda: len(inside(network)) == 3)  # with what entered
            process.kill()
            assert await asyncio.to_thread(until, lambda: len(inside(network)) == 1)

    asyncio.run(life())


def test_two_rooms_are_apart(tmp_path: Path) -> None:
    async def life() -> None:
        (tmp_path / "one").mkdir()
        (tmp_path / "two").mkdir()
        async with furnished(tmp_path / "one") as (one, first), furnished(tmp_path / "two") as (two, second):
            mine = await first.open("a", Arm.TEST, "http://case.test/", None)
            other = await second.open("b", Arm.TEST, "http://case.test/", None)
            assert mine != other
            assert await visits(one, "http://case.test/") == [mine]
            assert await visits(two, "http://case.test/") == [other]

    asyncio.run(life())


def test_closing_it_leaves_nothing(tmp_path: Path) -> None:
    async def life() -> None:
        async with furnished(tmp_path) as (room, internet):
            await output(room, ["sh", "-c", "setsid sleep 1000 >/dev/null 2>&1 &"])
            held = psutil.Process(internet.pid).num_fds()  # by now it has taken the doors
            network = int(room.command([])[-3])
            assert len(inside(network)) == 2
            assert room.alive
            await room.close()
            assert not room.alive
            assert inside(network) == []
            server = psutil.Process(internet.pid)
            assert await asyncio.to_thread(until, lambda: server.num_fds() <= held - 2 * len(DOORS))
            await room.close()
            assert "the room is gone" in await output(room, ["true"])
            with pytest.raises(HarnessError, match="the room is gone"):
                await room.connect(80)

    asyncio.run(life())


def test_a_room_whose_holder_died_is_not_alive(tmp_path: Path) -> None:
    async def life() -> None:
        async with furnished(tmp_path) as (room, _):
            process = await asyncio.create_subprocess_exec(*room.command(["sleep", "1000"]))
            network = int(room.command([])[-3])
            assert await asyncio.to_thread(until, lambda: len(inside(network)) == 3)  # with what entered
            os.kill(int(room.command([])[-4]), signal.SIGKILL)
            assert await process.wait() == -signal.SIGKILL
            assert await asyncio.to_thread(until, lambda: not room.alive)
            assert inside(network) == []
            with pytest.raises(HarnessError, match="the room is gone"):
                await room.bind(tmp_path, Path("/etc"))

    asyncio.run(life())


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_does_not_outlive_us(tmp_path: Path, number: signal.Signals) -> None:
    harness = subprocess.Popen(
        [sys.executable, "-c", HOLDS_A_ROOM, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        text=True,
    )
    assert harness.stdout
    network = int(harness.stdout.readline())
    processes = [psutil.Process(harness.pid), *psutil.Process(harness.pid).children(recursive=True)]
    assert len(inside(network)) == 2
    harness.send_signal(number)
    harness.communicate(timeout=30)
    assert until(lambda: inside(network) == [] and not any(item.is_running() for item in processes))


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Room.possible() == ""
    monkeypatch.setenv("PATH", "/nowhere")
    assert Room.possible() == "`unshare` (util-linux), `setpriv` (util-linux), `ip` (iproute2) not found on PATH"


def test_an_internet_that_takes_no_doors_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "ANSWER_SECONDS", 1.0)
    with pytest.raises(HarnessError, match="did not take its doors"):
        asyncio.run(Room.open(tmp_path / "room", DOORS, tmp_path / "nothing"))


def ordinary_python(environment: dict[str, str]) -> list[str]:
    """What starts Python with none of root's rights, by an interpreter that everybody may run, with the tests'
    libraries."""
    become = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    same = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(same, path="/usr/local/bin:/usr/bin")):
        # Through a shell, as setpriv itself keeps its rights until it has started something.
        command = [*become, "sh", "-c", 'exec "$0" "$@"', str(python)]
        tried = [*command, "-c", "import pytest, mitmproxy"]
        if subprocess.run(tried, env=environment, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return command
    pytest.skip("no interpreter of this version, with the tests' libraries, that an ordinary user may run")


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_may_have_one() -> None:
    some = "every_case or bound or programs or closing or SIGKILL"
    paths = os.pathsep.join([str(ROOT), *[path for path in sys.path if path.endswith("-packages")]])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nowhere"}
    done = subprocess.run(
        [*ordinary_python(environment), "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", some, __file__],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to take rights away")
def test_a_machine_that_permits_none_says_why() -> None:
    """Root without capabilities, as in many containers."""
    script = "from harness.internet.room import Room; print(Room.possible())"
    done = subprocess.run(
        ["setpriv", "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.startswith("the system permits no network namespace here: unshare: ")
    assert "Operation not permitted" in done.stdout
