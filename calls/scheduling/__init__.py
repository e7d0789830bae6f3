"""When to call whom: pure decisions in `slots` and `eligibility`, the database in `placing`."""
