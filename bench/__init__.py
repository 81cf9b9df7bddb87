"""`bianmin bench`: what the system costs, as ratios within one run."""
