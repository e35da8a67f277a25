"""Who may do what: API keys and their file, what each key reaches, how much it may deliver."""
