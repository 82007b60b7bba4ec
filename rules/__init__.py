"""What is wrong, why, and what should be written."""
