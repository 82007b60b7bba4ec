"""How each command is typed at a terminal and how its answer is printed there. A file is imported when its command is run."""
