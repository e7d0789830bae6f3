"""What a simulated call costs, with and without each saving."""
