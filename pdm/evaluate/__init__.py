"""What came out compared with what truly happened."""
