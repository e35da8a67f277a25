"""Values that cross a boundary: one frozen class each on the wire, in the chain and in the API."""
