"""The predictive-maintenance service: what a reading means, and what follows from it."""
