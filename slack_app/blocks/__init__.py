"""How messages, modals and answers look."""
