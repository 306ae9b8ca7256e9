"""The legal clock: extensions, the hub's own outages, and what a verdict hangs on."""
