"""``python -m portal.server``: the portal on a port, for people's browsers and insurers' programs."""

from __future__ import annotations

import logging
import os

HOST, PORT = "127.0.0.1", "8060"
#: A client that sends nothing for so long has gone.
IDLE_SECONDS = 30


def main() -> None:
    """Serve until told to stop. TLS ends at a proxy in front; ANZE_PORTAL_PROXY names the addresses whose word is taken."""
    # here, for the processes that load and judge import this module and need none of it
    import uvicorn

    from pipeline import logs
    from pipeline.clock.outages import beating
    from pipeline.judging.ledger import try_to_keep_head
    from pipeline.settings import adopt_province, environment
    from portal.app import create_app
    from portal.door import open_door
    from portal.submissions.receiving import spool_here

    logs.configure(environment(), logging.INFO)
    adopt_province()
    door = open_door()
    try_to_keep_head(door.hub)
    spool_here(door.hub.settings.var_folder)
    with beating(door.hub, "portal"):
        uvicorn.run(
            create_app(door),
            host=os.environ.get("ANZE_PORTAL_HOST", HOST),
            port=int(os.environ.get("ANZE_PORTAL_PORT", PORT)),
            forwarded_allow_ips=os.environ.get("ANZE_PORTAL_PROXY", ""),
            proxy_headers=bool(os.environ.get("ANZE_PORTAL_PROXY")),
            timeout_keep_alive=IDLE_SECONDS,
            server_header=False,
            access_log=False,
            log_config=None,
        )


if __name__ == "__main__":
    main()
