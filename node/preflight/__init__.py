"""Before anything leaves: what the law says, what waits, and who may say yes."""
