"""The shipped knowledge base: failure modes, what they look like, and what may be done."""
