"""The store: what happened and where each machine stands, for the API and for people."""
