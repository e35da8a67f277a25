"""The explainer: a language model may word advice, and code decides whether it stands."""
