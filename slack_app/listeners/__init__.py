"""What people do in Slack, and what happens then."""
