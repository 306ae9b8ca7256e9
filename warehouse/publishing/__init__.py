"""Figures that are published, frozen by month, or kept as month ends, and what stands beside them."""
