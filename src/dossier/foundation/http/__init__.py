"""HTTP as the contract wants it: limits, errors, lists, repeats. The only foundation that knows FastAPI."""
