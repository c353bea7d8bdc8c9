"""A laboratory of simulated devices: for the demonstration, the tests and the benchmarks."""
