"""How right it is: gold data, metrics, benchmarks."""
