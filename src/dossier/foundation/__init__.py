"""What every domain stands on: database, errors, HTTP, clock. No business word lives here."""
