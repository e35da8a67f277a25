"""The plant: machines, channels, units, ranges and limits. Data, not configuration."""
