"""The Discord process: commands in, cards out; it owns the database and starts the engine."""
