"""How we say it to people, and what they answered."""
