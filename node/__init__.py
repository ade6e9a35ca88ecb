"""A state's own side: its notices, its keys, its outbox and inbox."""
