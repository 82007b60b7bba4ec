"""What `doctor` looks at: the set-up, part by part, each with what to do where something is wrong."""
