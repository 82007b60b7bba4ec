"""When it runs, with which parts, and what it did."""
