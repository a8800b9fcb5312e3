"""Other systems are told of what happens to cases, by calls that they can verify."""
