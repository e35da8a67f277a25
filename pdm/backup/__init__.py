"""Backup, restore and rebuild: one portable archive for every engine, and the topics as the last resort."""
