"""`bianmin bench`: what the house costs, as ratios within one run."""
