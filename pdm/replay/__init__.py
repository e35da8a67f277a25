"""Recorded readings through the chain: the real pipeline, or the same functions without it."""
