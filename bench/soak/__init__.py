"""Long runs that try to break the hub: a crash at every point, random histories, random pairs of times."""
