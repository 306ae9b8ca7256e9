"""Backfills and replays: planned in Shanghai days, run part by part, continued where they were."""
