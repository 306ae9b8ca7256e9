"""The independent checker: replays what was delivered, recounts the books, recomputes the indicators.

It imports nothing of the warehouse, the connectors or the rules: only contracts, code lists and regions of ``schemas``.
A check that could not run is a failure, never a pass.
"""
