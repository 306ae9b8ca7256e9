"""Landed batches judged: first loads, replays and rebuilds by one `judge`, and looks back at what was judged."""
