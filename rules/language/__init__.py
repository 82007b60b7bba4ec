"""Every word of the rule language with what it says, in both languages, and an example that is run by a test."""
