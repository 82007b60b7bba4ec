"""Which blocks, elements and views Slack accepts, and what it says about the others."""
