"""Terms: which period the law, the item of the catalog and the policies of a region set for a clock."""
