"""A short-lived program that opens strangers' bytes, so that no other process has to; imported by nobody."""
