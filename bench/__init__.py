"""Benchmarks: what the service can do, measured."""
