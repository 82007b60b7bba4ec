"""Our copy of the CRM's content, and the memory of what it once said."""
