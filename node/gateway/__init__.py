"""The door for national registers and the terminal: gRPC over TLS, a token a call."""

SERVICE = "valija.v1.GatewayService"
"""What the door is called on the wire."""
