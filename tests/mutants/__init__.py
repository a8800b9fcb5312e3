"""Whether the tests would notice: small wrong changes to the code, each held against the tests that reach it. `make mutants`."""
