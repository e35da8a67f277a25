"""The demo: a simulated plant through the real service, judged against the truth."""
