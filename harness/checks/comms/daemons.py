"""Real servers of the Internet around a ground: XMPP (Prosody), IRC (ngIRCd), IMAP (Dovecot)."""

import pwd
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.checks.shown import Lacking
from harness.profile.product import which

PASSWORD = "harness"
ACCOUNTS = ("child", "friend", "stranger")
PROSODY = """
pidfile = "{work}/prosody.pid"
data_path = "{work}/data"
log = {{ warn = "*console" }}
run_as_root = true
daemonize = false
interfaces = {{ "*" }}
c2s_ports = {{ {port} }}
c2s_direct_tls_ports = {{}}
s2s_ports = {{}}
http_ports = {{}}
https_ports = {{}}
modules_enabled = {{ "roster", "saslauth", "disco", "ping" }}
modules_disabled = {{ "s2s", "tls", "offline" }}
authentication = "internal_plain"
c2s_require_encryption = false
allow_unencrypted_plain_auth = true
VirtualHost "chat.example"
"""
NGIRCD = """
[Global]
Name = irc.example
Info = Replayed
Ports = {port}
MotdPhrase = Replayed
[Limits]
MaxConnectionsIP = 0
PingTimeout = 600
[Options]
DNS = no
Ident = no
PAM = no
SyslogFacility = local1
"""
DOVECOT = """
base_dir = {work}/run
state_dir = {work}/run
log_path = /dev/stderr
protocols = imap
ssl = no
disable_plaintext_auth = no
listen = *
mail_location = maildir:{work}/mail/%u
first_valid_gid = 1
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
  chroot =
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password=harness
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={work}/mail/%u
}}
"""


@dataclass(frozen=True, slots=True)
class Daemon:
    """A server as it is found on Debian: its program, the package that has it, its port, and what makes its files in a
    folder and returns its command."""

    program: str
    package: str
    port: int
    prepare: Callable[[Path, str, int], Sequence[str]]

    def command(self, work: Path) -> Sequence[str]:
        """Its command, once its files are in `work`, a folder for it to make. Raises Lacking where it is missing."""
        program = which(self.program)
        if program is None:
            raise Lacking(
                f"`{self.program}` is not on this machine; on Debian or Ubuntu: apt-get install {self.package}"
            )
        work.mkdir(mode=0o755)
        return self.prepare(work, program, self.port)


def _prosody(work: Path, program: str, port: int) -> Sequence[str]:
    accounts = work / "data" / "chat%2eexample" / "accounts"
    accounts.mkdir(parents=True)
    for name in ACCOUNTS:
        (accounts / f"{name}.dat").write_text(f'return {{ ["password"] = "{PASSWORD}"; }};\n', "utf-8")
    (work / "prosody.cfg.lua").write_text(PROSODY.format(work=work, port=port), "utf-8")
    return [program, "--config", str(work / "prosody.cfg.lua"), "-F"]


def _ngircd(work: Path, program: str, port: int) -> Sequence[str]:
    (work / "ngircd.conf").write_text(NGIRCD.format(port=port), "utf-8")
    return [program, "-n", "-f", str(work / "ngircd.conf")]


def _dovecot(work: Path, program: str, port: int) -> Sequence[str]:
    nobody = pwd.getpwnam("nobody")  # it keeps mail for no root
    (work / "mail").mkdir()
    (work / "mail").chmod(0o777)
    text = DOVECOT.format(work=work, port=port, uid=nobody.pw_uid, gid=nobody.pw_gid)
    (work / "dovecot.conf").write_text(text, "utf-8")
    return [program, "-F", "-c", str(work / "dovecot.conf")]


DAEMONS = {
    "instant-messaging": Daemon("prosody", "prosody", 5222, _prosody),
    "irc": Daemon("ngircd", "ngircd", 6667, _ngircd),
    "mailbox": Daemon("dovecot", "dovecot-imapd", 143, _dovecot),
}
