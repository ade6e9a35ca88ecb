"""The command line of a node: what people type, and how answers look to them."""
