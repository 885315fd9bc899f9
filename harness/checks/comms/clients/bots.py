"""Those whom the child may talk to: there under the names given, by `irc` or `xmpp`, in the Internet."""

import asyncio
import sys

from harness.checks.comms.clients import irc_, xmpp

if __name__ == "__main__":
    kind, port, *names = sys.argv[1:]
    if kind == "irc":
        irc_.hear("127.0.0.1", int(port), names)
    else:
        asyncio.run(xmpp.hear("127.0.0.1", int(port), names))
