"""The steps from each version of the tables to the next: numbered, forward only, never edited again."""
