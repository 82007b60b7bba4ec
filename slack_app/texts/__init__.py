"""What we say, in each language."""
