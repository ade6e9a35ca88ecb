"""The door for national registers and the terminal: gRPC over TLS, a token a call."""
