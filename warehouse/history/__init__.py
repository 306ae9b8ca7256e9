"""Core through both times: bitemporal reads, one record's versions, the log of loads, replays, digests, twins, backfill plans."""
