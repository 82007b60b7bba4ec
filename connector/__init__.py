"""What the CRM holds, and how we read and write it."""
