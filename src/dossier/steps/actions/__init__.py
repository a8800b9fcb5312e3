"""Steps that people, rules and the clock start, and what each is for."""
