"""Core as a bitemporal store: reads at two times, one record's versions, the log of loads, replays, digests, twins, plans."""
