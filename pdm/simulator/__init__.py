"""A simulated plant: pumps, motors and fans that obey physics, with faults whose truth is known."""
