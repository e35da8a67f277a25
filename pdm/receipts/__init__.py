"""What became of the requests of the last day: kept on disk, to be asked for again."""
