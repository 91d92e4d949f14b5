"""The town of sites and the contract servers: demo, tests and drills (演练)."""
