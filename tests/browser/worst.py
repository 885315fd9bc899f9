"""Pages that do their worst to what is visited next, and pages that tell whether it has come to anything."""

from dataclasses import dataclass

PAGE, SECURE, OTHER = "http://page.test/", "https://page.test/", "http://other.test/"
WORKER = """
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
const answer = () => new Response("<title>told</title><p>a worker", {headers: {"Content-Type": "text/html"}});
self.addEventListener("fetch", (event) => event.respondWith(answer()));
"""
HOLDS_SOCKETS = """
for (let host = 0; host < 10; host++)
  for (let path = 0; path < 6; path++) fetch(`http://host${host}.test/hangs/${path}`, {mode: "no-cors"});
say("sockets held");
"""


@dataclass(frozen=True)
class Worst:
    """`page` does its worst at `url`; `next_page` at `next_url` tells `told` where nothing has come of it. `lasts`:
    something comes of it in a profile that the two share."""

    id: str
    url: str
    page: str
    next_page: str
    told: str
    next_url: str = ""
    lasts: bool = True


def page(script: str) -> str:
    """A page whose script says when it has done what it does."""
    return (
        '<!doctype html><title>On</title><p id="told"></p><script>'
        "const say = (text) => { document.getElementById('told').textContent = text; document.title = 'told'; };"
        "const wait = (ms) => new Promise((met) => setTimeout(met, ms));"
        f"(async () => {{ {script} }})().catch((error) => say(`failed: ${{error}}`));</script>"
    )


def answer(fields: str, body: str) -> str:
    return f"HTTP/1.1 200 OK\nContent-Type: text/html\n{fields}\n\n{body}"


def _worst(
    name: str, does: str, tells: str, told: str, *, at: str = PAGE, then: str = "", fields: str = "", lasts: bool = True
) -> Worst:
    did = page(f"{does}; say('done');")
    return Worst(name, at, answer(fields, did) if fields else did, page(tells), told, then or at, lasts)


SHARED = "onconnect = (event) => { self.count = (self.count || 0) + 1; event.ports[0].postMessage(self.count); };"
COUNTS = f"""
const shared = new SharedWorker("data:text/javascript," + encodeURIComponent({SHARED!r}), "shared");
const count = await new Promise((met) => {{ shared.port.onmessage = (event) => met(event.data); }});
"""
NAMES = "['geolocation', 'notifications', 'camera', 'clipboard-read', 'midi', 'persistent-storage']"
POPUP = """<script>
setTimeout(() => setInterval(() => { opener.location = 'http://elsewhere.test/'; }, 50), 1000)<\\/script>"""

ALL = [
    _worst(
        "cookies",
        "document.cookie = 'a=1; max-age=9999'",
        "say(document.cookie || 'none')",
        "none",
        fields="Set-Cookie: b=2; Max-Age=9999; HttpOnly",
    ),
    _worst(
        "storage",
        "localStorage.a = 1; sessionStorage.a = 1",
        "say(`${localStorage.length} ${sessionStorage.length}`)",
        "0 0",
    ),
    _worst(
        "late writes",
        "setInterval(() => { document.cookie = 'a=1; max-age=9999'; localStorage.a = 1; }, 1); await wait(5)",
        "say(`${document.cookie} ${localStorage.length}`)",
        "0",
    ),
    _worst(
        "last words stored",
        "onpagehide = () => { document.cookie = 'a=1; max-age=9999'; localStorage.a = 1; }",
        "say(`${document.cookie} ${localStorage.length}`)",
        "0",
    ),
    _worst(
        "indexed database",
        "await new Promise((met) => { indexedDB.open('a').onsuccess = met; })",
        "say(`${(await indexedDB.databases()).length} databases`)",
        "0 databases",
    ),
    _worst(
        "cache storage",
        "await (await caches.open('a')).put('/a', new Response('a'))",
        "say(`${(await caches.keys()).length} caches`)",
        "0 caches",
        at="https://caches.test/",
    ),
    _worst(
        "files",
        "await (await navigator.storage.getDirectory()).getFileHandle('a', {create: true})",
        "let files = 0; const folder = await navigator.storage.getDirectory();"
        "for await (const _ of folder.keys()) files++; say(`${files}`)",
        "0",
        at="https://files.test/",
    ),
    _worst("cache", "", "say('new')", "new", fields='Cache-Control: max-age=9999\nETag: "a"', lasts=False),
    _worst(
        "service worker",
        "await navigator.serviceWorker.register('/worker.js'); await navigator.serviceWorker.ready",
        "say('the page')",
        "the page",
        at=SECURE,
    ),
    _worst(
        "strict transport",
        "",
        "say(location.protocol)",
        "http:",
        at="https://strict.test/",
        then="http://strict.test/",
        fields="Strict-Transport-Security: max-age=9999; includeSubDomains",
        lasts=False,  # nor in the browser's own profile, as long as it is a headless shell
    ),
    _worst(
        "permissions",
        "await Promise.race([Notification.requestPermission(), wait(100)]); await navigator.storage.persist()",
        f"const found = []; for (const name of {NAMES})"
        "found.push((await navigator.permissions.query({name})).state);"
        "say([...new Set(found), await navigator.storage.persisted()].join(' '))",
        "prompt false",
        at="https://asks.test/",
        lasts=False,
    ),
    _worst("window's name", "window.name = 'a'", "say(`name ${window.name}`)", "name", then=OTHER),
    _worst(
        "last words in the window's name",
        "onpagehide = () => { window.name = 'a'; }",
        "say(`name ${window.name}`)",
        "name",
        then=OTHER,
        lasts=False,
    ),
    _worst(
        "history",
        "for (let item = 0; item < 5; item++) history.pushState({a: 1}, '', `/${item}`)",
        "say(`${history.length} entries`)",
        "2 entries",
        then=OTHER,
    ),
    _worst(
        "dialogs without end",
        "onbeforeunload = () => 'stay'; setInterval(() => alert('a'), 10)",
        "say('here')",
        "here",
        then=OTHER,
        lasts=False,
    ),
    _worst(
        "a pop-up that leads its opener away",
        f"open('about:blank').document.write(`{POPUP}`)",
        "await wait(1300); say(location.href)",
        OTHER,
        then=OTHER,
    ),
    _worst(
        "leaving late",
        "setTimeout(() => { location = 'http://elsewhere.test/'; }, 1000)",
        "await wait(1300); say(location.href)",
        OTHER,
        then=OTHER,
        lasts=False,
    ),
    _worst(
        "downloads without end",
        "setInterval(() => { const link = document.createElement('a'); link.download = 'a';"
        "link.href = URL.createObjectURL(new Blob(['a'])); link.click(); }, 50)",
        "say('here')",
        "here",
        then=OTHER,
        lasts=False,
    ),
    _worst(
        "broadcasts",
        "const channel = new BroadcastChannel('a'); setInterval(() => channel.postMessage('heard'), 10)",
        "const channel = new BroadcastChannel('a'); say(await Promise.race([wait(200).then(() => 'nothing'),"
        "new Promise((met) => { channel.onmessage = (event) => met(event.data); })]))",
        "nothing",
    ),
    _worst("shared worker", COUNTS, f"{COUNTS} say(`pages: ${{count}}`)", "pages: 1"),
    _worst(
        "locks",
        "navigator.locks.request('a', () => new Promise(() => {}))",
        "say(`${(await navigator.locks.query()).held.length} held`)",
        "0 held",
        at="https://locks.test/",
    ),
]
