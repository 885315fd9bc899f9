"""A worker's end: what it has, and one rig for each run that it works on, kept from shard to shard."""

import asyncio
import datetime
import json
import platform
import shutil
import socket
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from harness.browser.find import find
from harness.evidence import scratch
from harness.evidence.folder import RunFolder, plan_text
from harness.evidence.journal import Record
from harness.evidence.state import State
from harness.internet.room import Room
from harness.model import canonical
from harness.model.case import Case
from harness.model.errors import HarnessError, ProductFault
from harness.model.observation import observation_from
from harness.model.spec import Spec, spec_from
from harness.model.words import Verdict
from harness.run.carry import checked, rigged
from harness.run.executor.messages import Brief, Done, Fact, Offer, Order, digest_of
from harness.run.plan import drawn, reopen
from harness.run.rig import GaveUp, Rig
from harness.run.session import Session
from harness.run.setup import Setup
from harness.run.software import code, versions

IDLE_SECONDS = 300.0  # after which a post whose coordinator says nothing any more is left
CANARIES = 1000  # numbers of canaries for each shard
Value = TypeVar("Value")


class NoPost(HarnessError):
    """The worker knows nothing of the session: it was started anew, or left alone for too long."""


class Nobody:
    """Progress that nobody sees."""

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = {}) -> None: ...
    def case(self, verdict: Verdict | None = None) -> None: ...
    def fault(self, text: str) -> None: ...
    def note(self, text: str) -> None: ...


class Post:
    """The rig of one run, with a thread and a loop of its own, as a worker must answer its scheduler meanwhile."""

    def __init__(self, setup: Setup, cases: tuple[Case, ...], work: Path, left: Callable[[], None]) -> None:
        self._setup, self._work, self._left = setup, work, left
        self._cases = {case.case_id: case for case in cases}
        self._rig: Rig | None = None
        self._setting = ""
        self._facts: list[Fact] = []
        self._busy = threading.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="harness post", daemon=True).start()
        self._loop.call_soon_threadsafe(self._rest)

    def ask(self, task: Callable[["Post"], Coroutine[Any, Any, Value]]) -> Value:
        """What comes of a task; one at a time."""
        with self._busy:
            return asyncio.run_coroutine_threadsafe(self._attended(task(self)), self._loop).result()

    async def _attended(self, task: Coroutine[Any, Any, Value]) -> Value:
        if self._idle:
            self._idle.cancel()
        try:
            return await task
        finally:
            self._rest()

    def _rest(self) -> None:
        self._idle = self._loop.call_later(IDLE_SECONDS, self._left)

    async def enter(self, setting: str) -> dict[str, Any]:
        """Have the product run at a setting; who product and browser say they are, and the route."""
        if self._rig is None:
            self._rig = await rigged(self._setup, tuple(self._cases.values()), self._work, self._record)
        product = await self._rig.introduce(setting)
        self._setting = setting
        assert self._rig.browser
        assert self._rig.route
        return {"product": product, "browser": self._rig.browser.version, "route": self._rig.route.how}

    async def carry_out(self, order: Order) -> Done:
        """Everything that the shard needs, with canaries and identities before and after."""
        blobs, began = self._setup.folder.blobs, now()
        shutil.rmtree(blobs.root, ignore_errors=True)
        self._facts, void = [], ""
        try:
            if order.setting:
                await self._shard(order)
            else:
                await self._checks(order)
        except (GaveUp, ProductFault) as error:
            void = str(error)
        facts, self._facts = tuple(self._facts), []
        found = {digest: blobs.get(digest) for digest in blobs.digests()}
        return Done(began, now(), facts, digest_of(facts), found, void)

    async def _shard(self, order: Order) -> None:
        assert self._rig
        state = State()
        for had in order.had:
            state.add(observation_from(had))
        cases, numbers = tuple(self._cases[case_id] for case_id in order.cases), order.shard * CANARIES
        session = Session(self._setup, cases, state, self._record, self._rig, canaries=numbers)
        await session.setting(order.setting, anew=self._setting != order.setting)
        self._setting = order.setting

    async def _checks(self, order: Order) -> None:
        if self._rig:
            await self._rig.stop()
        self._setting = ""
        work = self._work / f"shard-{order.shard}"
        work.mkdir(mode=0o755)
        had = (Record(number, "check", "", data) for number, data in enumerate(order.had, 1))
        await checked(self._setup, work, State(had), self._record)

    def _record(self, kind: str, data: dict[str, Any]) -> None:
        self._facts.append((kind, now(), json.loads(canonical.dumps(data))))

    async def leave(self) -> dict[str, int]:
        """Stop everything; the requests that belonged to no attempt."""
        try:
            return await self._rig.internet.strays() if self._rig and self._rig.internet.alive else {}
        finally:
            if self._rig:
                await self._rig.stop()
            scratch.remove(self._work)

    def end(self) -> None:
        """End the thread, once nothing is under way."""
        if self._idle:
            self._loop.call_soon_threadsafe(self._idle.cancel)
        self._loop.call_soon_threadsafe(self._loop.stop)


_posts: dict[str, Post] = {}


def hello(brief: Brief) -> Offer:
    """What this worker has for the run; where that is all it takes, a post for it."""
    has = {**versions(), "code": code(), "room": Room.possible() or "possible"}
    wanted = {key: value for key, value in brief.versions.items() if key != "system"}
    differs = [
        f"{key} is {has.get(key, 'not there')} and not {value}"
        for key, value in wanted.items()
        if has.get(key) != value
    ]
    if differs:  # what another version makes of the spec means nothing
        return Offer(platform.node(), has, (), tuple(differs))
    work = scratch.make("post")
    try:
        spec = _here(spec_from(json.loads(brief.spec)), brief.folders, work)
        product, corpus = reopen(spec)
        cases = drawn(corpus, spec.only, spec.limit, spec.seed)
        if canonical.digest(plan_text(cases)) != spec.plan_digest:
            differs.append("it draws other cases from the corpus")
    except HarnessError as error:
        scratch.remove(work)
        return Offer(platform.node(), has, (), (str(error),))
    lacks = [f"{name} is not installed" for name in product.missing_programs()]
    browser = Path()
    try:
        browser = find(brief.browser)
    except HarnessError as error:
        lacks.append(str(error))
    if lacks or differs:
        scratch.remove(work)
        return Offer(platform.node(), has, tuple(lacks), tuple(differs))
    folder, nonce = RunFolder(work / "run"), f"{brief.nonce}/{socket.gethostname()}/{work.name}"
    setup = Setup(folder, spec, product, corpus, browser, nonce, now, Nobody(), versions())
    leave(brief.session)
    _posts[brief.session] = Post(setup, cases, work, lambda: _leave_soon(brief.session))
    return Offer(platform.node(), has)


def enter(session: str, setting: str) -> dict[str, Any]:
    """Get ready for a setting; who product and browser are, and the route. Raises NoPost and whatever is wrong."""
    return _at(session, lambda post: post.enter(setting))


def carry_out(session: str, order: Order) -> Done:
    """All that came of the shard. Raises NoPost; whatever else it raises leaves no post."""
    return _at(session, lambda post: post.carry_out(order))


def leave(session: str) -> dict[str, int]:
    """Stop all that was started for the session; the requests that belonged to no attempt. Harmless when there is
    nothing."""
    if not (post := _posts.pop(session, None)):
        return {}
    try:
        return post.ask(Post.leave)
    finally:
        post.end()


def _at(session: str, task: Callable[[Post], Coroutine[Any, Any, Value]]) -> Value:
    try:
        post = _posts[session]
    except KeyError:
        raise NoPost("the worker was started anew") from None
    try:
        return post.ask(task)
    except BaseException:
        leave(session)
        raise


def _leave_soon(session: str) -> None:
    threading.Thread(target=leave, args=(session,), daemon=True).start()


def _here(spec: Spec, folders: dict[str, dict[str, bytes]], work: Path) -> Spec:
    """The spec with the folders that were sent along in their places."""
    places = {}
    for name, files in folders.items():
        places[name] = work / "sent" / name
        for path, data in files.items():
            target = places[name] / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    params = {key: str(places.get(f"param-{key}", value)) for key, value in spec.params.items()}
    corpus, product = (
        str(places.get(name, ref)) for name, ref in (("corpus", spec.corpus_ref), ("product", spec.product_ref))
    )
    return replace(spec, corpus_ref=corpus, product_ref=product, params=params)


def now() -> str:
    """The worker's time in UTC, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
