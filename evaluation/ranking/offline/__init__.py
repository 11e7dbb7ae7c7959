"""What leaves the building beside a result: one file that recomputes it, with nothing but Python's own library."""
