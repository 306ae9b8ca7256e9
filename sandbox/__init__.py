"""A province in a box: simulated insurers with a known truth, and an oracle that shares no code with the warehouse."""
