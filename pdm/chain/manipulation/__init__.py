"""DM, data manipulation: readings put into frames in event time."""
