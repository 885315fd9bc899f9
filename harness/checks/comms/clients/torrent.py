"""BitTorrent: seeds a text, or gets it, from a peer or by a tracker."""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import libtorrent

SECONDS = 6.0
QUIET = {"enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False}


def session(proxy: str, port: int) -> Any:
    """A session that finds peers as it is told alone, by the proxy (URL) if there is one."""
    through = urlsplit(proxy)
    settings: Any = {**QUIET, "listen_interfaces": f"0.0.0.0:{port}", "allow_multiple_connections_per_ip": True}
    settings |= {"enable_outgoing_utp": False, "enable_incoming_utp": False, "min_reconnect_time": 1}
    if proxy:
        http = int(libtorrent.proxy_type_t.http)
        settings |= {"proxy_type": http, "proxy_hostname": through.hostname, "proxy_port": through.port}
        settings |= {"proxy_peer_connections": True, "proxy_tracker_connections": True, "proxy_hostnames": True}
    return libtorrent.session(settings)


def made(folder: Path, text: str, tracker: str) -> Any:
    """The torrent of a file with that text in the folder."""
    (folder / "message.txt").write_text(text, "utf-8")
    files = libtorrent.file_storage()
    libtorrent.add_files(files, str(folder / "message.txt"))
    torrent = libtorrent.create_torrent(files, flags=libtorrent.create_torrent.v1_only)
    if tracker:
        torrent.add_tracker(tracker)
    torrent.set_creation_date(0)
    libtorrent.set_piece_hashes(torrent, str(folder))
    return libtorrent.torrent_info(torrent.generate())


def seed(port: int, text: str) -> None:
    """Offer the text for good."""
    with tempfile.TemporaryDirectory() as folder:
        own = session("", port)
        own.add_torrent({"ti": made(Path(folder), text, ""), "save_path": folder, "flags": 0})
        while True:
            time.sleep(1)


def get(told: dict[str, Any]) -> dict[str, Any]:
    """Get it: what the file holds then, and the last words of whatever went wrong."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        own = session(told["proxy"], 6889)
        own.apply_settings({"alert_mask": libtorrent.alert.category_t.all_categories})
        handle = own.add_torrent({"ti": made(Path(other), told["text"], told["tracker"]), "save_path": folder})
        error, deadline = "", time.monotonic() + SECONDS
        while time.monotonic() < deadline and not handle.status().is_seeding:
            if told["peer"]:
                handle.connect_peer((told["peer"], told["port"]))
            time.sleep(0.25)
            for alert in own.pop_alerts():
                if alert.category() & libtorrent.alert.category_t.error_notification:
                    error = alert.message()[:300]
        found = Path(folder, "message.txt")
        own.pause()
        own_text = found.read_text("utf-8", "replace") if handle.status().is_seeding and found.exists() else ""
        return {"answers": [own_text] if own_text else [], "sent": 1, "error": error}


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    if given.get("seed"):
        seed(given["port"], given["text"])
    print(json.dumps(get(given)), flush=True)
