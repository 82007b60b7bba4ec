"""A stand-in CRM: its own process that answers like HubSpot's API and knows the truth about its data."""
