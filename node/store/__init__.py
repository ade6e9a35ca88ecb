"""What a node keeps: one database, a file a noun, sensitive columns encrypted."""
