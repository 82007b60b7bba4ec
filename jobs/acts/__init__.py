"""What a person may do through Slack: one module per act, each a function of the visitor and the moment."""
