"""A stand-in Slack workspace: its own process, with a page that a person can use."""
