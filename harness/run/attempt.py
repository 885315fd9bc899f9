"""One attempt: open at the replayed Internet, visit with the browser, collect receipts; exactly one observation comes
back."""

from dataclasses import dataclass, replace
from pathlib import Path

from harness.browser.devtools import ProtocolError
from harness.browser.prober import Prober
from harness.browser.sight import Sight
from harness.browser.tab import Tab
from harness.evidence.blobs import Blobs
from harness.model.errors import BrowserGone, InternetGone
from harness.model.observation import Network, Observation, Receipt
from harness.model.words import Arm, End, Tier, Validity
from harness.run.rig import Rig

TEXT_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Errand:
    """What to attempt; the fixture holds `data`, if that is given. `picture_if` says for which sight of the token a
    screenshot is worth keeping. Of what is `secret` no document is kept."""

    case_id: str
    url: str
    fixture: Path | None
    arm: Arm
    setting: str
    number: int
    picture_if: bool | None = None
    data: bytes | None = None
    secret: bool = False
    tier: Tier = Tier.BROWSER

    @property
    def attempt_id(self) -> str:
        return "/".join(part for part in (self.case_id, self.setting, self.arm, self.tier, str(self.number)) if part)


class Lane:
    """One tab on one arm, replaced when the next visit would not find it as new or the rig was mended."""

    tier = Tier.BROWSER

    def __init__(self, rig: Rig, arm: Arm, blobs: Blobs, seconds: float) -> None:
        self._rig, self._arm, self._blobs, self._seconds = rig, arm, blobs, seconds
        self._tab: Tab | None = None
        self._generation = -1

    async def attempt(self, errand: Errand) -> Observation:
        """The observation; a fault of browser or replayed Internet is one too. Raises HarnessError when the fixture
        cannot be served."""
        sight = Sight(errand.url, end=End.FAULT)
        receipts: tuple[Receipt, ...] = ()
        network: Network | None = None
        silent = False  # the product, which browsers tell by the same error as a name that it denies
        generation = self._rig.generation
        try:
            token = await self._rig.internet.open(
                errand.attempt_id, errand.arm, errand.url, errand.fixture, errand.data
            )
            try:
                sight = await self._see(errand, token)
                if sight.end is End.NETWORK_ERROR and self._arm is Arm.TEST:
                    silent = not await self._rig.product.answers()
            except (BrowserGone, ProtocolError) as error:
                sight = Sight(errand.url, end=End.FAULT, fault=f"{Validity.BROWSER_FAULT}: {error}")
            receipts = await self._rig.internet.close(errand.attempt_id)
            network = await self._network(errand, sight)
        except InternetGone as error:
            sight = Sight(errand.url, end=End.FAULT, fault=f"{Validity.INTERNET_FAULT}: {error}")
        if self._rig.generation != generation and sight.end is not End.FAULT:
            # Something was replaced under this attempt: what it saw says nothing about the case.
            sight = Sight(errand.url, end=End.FAULT, fault=f"{Validity.PRODUCT_FAULT}: restarted during the attempt")
        return self._observation(errand, sight, receipts, network, silent)

    async def _see(self, errand: Errand, token: str) -> Sight:
        tab = await self._ready(errand.url)
        sight = await tab.visit(errand.url, token, self._seconds)
        await self._picture(tab, sight, errand)
        if self._rig.watch:
            await self._rig.watch(errand.arm, errand.case_id)
        await tab.clear(sight)
        return sight

    def _keeps_document(self, errand: Errand, sight: Sight, live: bool) -> bool:
        return errand.arm is Arm.TEST or live

    async def close(self) -> None:
        if self._tab is not None and self._rig.browser is not None and self._rig.browser.alive:
            await self._tab.close()
        self._tab = None

    async def _ready(self, url: str) -> Tab:
        if self._tab is None or self._generation != self._rig.generation or not await self._tab.fits(url):
            await self.close()
            self._generation = self._rig.generation
            self._tab = await self._rig.tab(self._arm)
        return self._tab

    async def _network(self, errand: Errand, sight: Sight) -> Network | None:
        """What the arm's network says of the host, where nothing is replayed."""
        if self._rig.route is None or self._rig.route.live is None:
            return None
        refused = sight.error.startswith("net::ERR_CERT_")
        found = await self._rig.route.live.network(errand.arm, errand.url, refused)
        return replace(found, issuer=found.issuer or sight.issuer)

    async def _picture(self, tab: Tab, sight: Sight, errand: Errand) -> None:
        if errand.picture_if is None or errand.secret or sight.end in (End.CRASH, End.FAULT, End.DOWNLOAD):
            return
        live = self._rig.route is not None and self._rig.route.live is not None  # there is no token to go by
        puzzling = live or sight.end is End.TIMEOUT or sight.challenge or sight.returns_to_case or sight.status >= 500
        if puzzling or sight.token_seen is errand.picture_if:
            sight.screenshot = await tab.screenshot()

    def _observation(
        self, errand: Errand, sight: Sight, receipts: tuple[Receipt, ...], network: Network | None, silent: bool
    ) -> Observation:
        text = sight.visible_text
        kept = self._keeps_document(errand, sight, network is not None) and bool(sight.html) and not errand.secret
        return Observation(
            attempt_id=errand.attempt_id,
            case_id=errand.case_id,
            arm=errand.arm,
            setting=errand.setting,
            number=errand.number,
            end=sight.end,
            requested_url=errand.url,
            final_url=sight.final_url,
            chain=tuple(sight.chain),
            status=sight.status,
            error=sight.error,
            headers=tuple(sight.headers),
            mime=sight.mime,
            title=sight.title,
            token_seen=sight.token_seen,
            foreign_token=sight.foreign_token,
            harness_page=sight.harness_page,
            body_digest=sight.body_digest,
            text_digest=sight.text_digest,
            text_length=len(text),
            text_start="" if sight.token_seen else text[:TEXT_KEPT],
            returns_to_case=sight.returns_to_case,
            challenge=sight.challenge,
            assets=tuple(sight.assets),
            receipts=receipts,
            popups=sight.popups,
            dialogs=sight.dialogs,
            product_alive=errand.arm is Arm.CONTROL or (self._rig.product.alive and not silent),
            fault=sight.fault,
            duration_ms=sight.duration_ms,
            dom_blob=self._blobs.put(sight.html.encode("utf-8", "replace")) if kept else "",
            screenshot_blob=self._blobs.put(sight.screenshot) if sight.screenshot else "",
            live=network,
            tier=self.tier,
        )


class ProbeLane(Lane):
    """The fast tier on one arm: a prober, replaced when the rig was mended."""

    tier = Tier.FAST
    _prober: Prober | None = None

    async def close(self) -> None:
        if self._prober is not None:
            self._prober.close()
        self._prober = None

    async def _see(self, errand: Errand, token: str) -> Sight:
        if self._prober is None or self._generation != self._rig.generation:
            await self.close()
            self._generation = self._rig.generation
            self._prober = await self._rig.prober(self._arm)
        return await self._prober.visit(errand.url, token, self._seconds)

    def _keeps_document(self, errand: Errand, sight: Sight, live: bool) -> bool:
        """Those that stand where the page ought to: of very many, the others say the same again and again."""
        return errand.arm is Arm.TEST and errand.picture_if is sight.token_seen
