"""The gateway: readings in over HTTP, answers out of the store."""
