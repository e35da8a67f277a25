"""`pdmctl evaluate`: events of the chain against what truly happened."""
