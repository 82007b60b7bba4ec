"""What the service itself knows and no CRM can tell it again."""
