"""The tenant that everything belongs to."""
