"""Charts drawn on the server: pure functions from frozen dataclasses to SVG, the same bytes for the same input.

Each chart has a table of the same data. Numbers that a reader sees come as text from the caller; decimals only place them.
"""
