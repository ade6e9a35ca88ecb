"""What broker, node and auditor must agree on byte for byte, and nothing else."""
