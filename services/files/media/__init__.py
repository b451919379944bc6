"""What a file really is: told from its content, never from its name or from what a client says."""
