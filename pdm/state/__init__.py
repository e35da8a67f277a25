"""State of a partition: who sits where, and which part of it has been saved up to which offset."""
