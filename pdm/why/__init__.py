"""Why was there an alarm, or none? An instant judged again from the history, as it was judged then."""
