"""From recorded readings of healthy machines to expectations in the plant file."""
