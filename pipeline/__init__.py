"""The seam: what composes connecting, judging and storing, and the command line over it."""
