"""The pure chain, named after the blocks of ISO 13374: no input, no output, no clock."""
