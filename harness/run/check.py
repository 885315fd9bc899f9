"""A product checked without a corpus: does it start, carry the browser, allow and block, say who it is, start again and
stop; and in plain words what is wrong where it does not."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from harness.classify.canary import Canary
from harness.evidence import scratch
from harness.model.errors import ProductFault
from harness.model.observation import Observation
from harness.model.spec import LIVE
from harness.model.words import Arm, Verdict
from harness.profile.product import Product as Profile
from harness.profile.product import which as program
from harness.run import diagnosis, lifecycle
from harness.run.canaries import by, silence
from harness.run.finding import Finding, Grade, bad, good, note
from harness.run.traces import Traces
from harness.run.trial import Trial, trial


async def check_product(profile: Profile, params: dict[str, str], browser: Path) -> AsyncIterator[Finding]:
    """Try every setting, each finding as it is made; ends at the first setting that does not start.

    Raises UsageError when the product is not installed or wrongly set.
    """
    absent = [*_absent(profile)]
    for finding in absent:
        yield finding
    if absent:
        return
    with _folder() as work:
        traces = Traces(work)
        async with traces.watched(), trial(profile, params, browser, work / "one") as one:
            fine = True
            async for finding in _settings(one, traces, profile):
                fine = fine and finding.grade is not Grade.BAD
                yield finding
            if fine and profile.kind != LIVE:  # the network's filter is not ours to start
                async with trial(profile, params, browser, work / "other") as other:
                    yield await lifecycle.side_by_side(one, other, profile, params)
                async for finding in lifecycle.killed(one, traces, profile.settings.default):
                    yield finding
            async for finding in lifecycle.end(one, traces, profile):
                yield finding
            port = one.port
        for finding in await lifecycle.left(traces, profile, port):
            yield finding


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    work = scratch.make("check")
    try:
        yield work
    finally:
        scratch.remove(work)


def _absent(profile: Profile) -> Iterator[Finding]:
    """Programs that a command names and this machine has not."""
    commands = [("identity", item.command) for item in profile.identity]
    commands += [("process", command) for item in profile.process for command in (*item.prepare, item.command)]
    for key, command in commands:
        if "{{" not in command[0] and program(command[0]) is None:
            yield bad(
                f"`{command[0]}`, which [{key}] names, is not on this machine",
                f"install it, or correct the path; name it in install.programs. {profile.install.advice}".strip(),
            )


async def _settings(one: Trial, traces: Traces, profile: Profile) -> AsyncIterator[Finding]:
    configurations: dict[str, list[str]] = {}
    for setting in profile.settings.level:
        try:
            seconds = await one.start(setting)
            identity = await one.rig.product.identity()
            said = ", ".join(f"{name} {value}" for name, value in identity.items())
            yield good(f"setting {setting}: it starts ({seconds:.1f} s with the browser) and says who it is ({said})")
            async for finding in _canaries(one, profile, setting):
                yield finding
            if await one.rig.product.identity() != identity:
                yield bad(f"setting {setting}: it is another version now than when it started", "stop its updates")
        except ProductFault as error:
            traces.look()
            yield bad(f"setting {setting}: {error}", diagnosis.not_started(str(error), traces.ports))
            return
        configurations.setdefault(lifecycle.configuration(profile, setting, one.work), []).append(setting)
    for digest, settings in configurations.items():
        if digest and len(settings) > 1:
            yield bad(
                f"settings {' and '.join(settings)} make the same configuration, so they change nothing",
                "have a template use `setting`, or the `values` of each level",
            )


async def _canaries(one: Trial, profile: Profile, setting: str) -> AsyncIterator[Finding]:
    """Both canaries by both schemes; ends when the test bench does not work, or the product has stopped."""
    filters = not profile.settings.level[setting].as_installed
    if not filters:
        yield note(f"setting {setting}: the product as it comes; it is not asked for the canary to block")
    for scheme in ("live",) if profile.kind == LIVE else ("http", "https"):
        for which in Canary:
            if which is Canary.BLOCK and not filters:
                continue
            control = await one.attempt(which, Arm.CONTROL, scheme, setting)
            wanted = which if profile.kind == LIVE else Canary.ALLOW  # both arrive without the product
            if not one.sings(wanted, Arm.CONTROL, control):
                yield bad(silence(wanted, Arm.CONTROL, scheme, "", control), "")
                return
            seen = await one.attempt(which, Arm.TEST, scheme, setting)
            if not one.rig.product.alive:
                raise ProductFault(f"it died when it was asked for the canary to {which}{by(scheme)}")
            finding = _canary(one, which, scheme, control, seen)
            filters = filters and not (which is Canary.BLOCK and finding.grade is Grade.BAD)
            yield Finding(finding.grade, f"setting {setting}: {finding.text}")


def _canary(one: Trial, which: Canary, scheme: str, control: Observation, seen: Observation) -> Finding:
    advice = diagnosis.silent(which, seen)
    sings = one.sings(which, Arm.TEST, seen)
    if sings is None:
        return bad(f"the canary to {which} could not be tried{by(scheme)} ({seen.error or seen.end})", advice)
    if not sings:
        text = silence(which, Arm.TEST, scheme, "", seen)
        if which is Canary.BLOCK and scheme == "https":
            return note(f"{text} https, only http: say so in a [[limit]], or {advice}")
        return bad(text, advice)
    judgement = one.judgement(control, seen)
    if which is Canary.BLOCK and judgement.verdict is not Verdict.BLOCKED:
        return bad(f"the canary to block{by(scheme)}: {diagnosis.no_block(seen, judgement.rule_id)}", "")
    if which is Canary.ALLOW and judgement.verdict is not Verdict.ALLOWED:
        return note(f"the canary to allow arrives{by(scheme)}, but {judgement.verdict} ({judgement.rule_id})")
    how = f"blocked ({judgement.mechanism})" if which is Canary.BLOCK else "allowed"
    return good(f"the canary to {which} is {how}{by(scheme)} through the product")
