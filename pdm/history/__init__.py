"""The history of readings: Parquet files, written once, merged, thinned out with age, and read back."""
