"""All processes of the service on one machine: started, watched, started again, stopped in order."""
