"""One piece of work about someone, from draft to closed."""
