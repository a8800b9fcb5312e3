"""Fakes and fixtures for tests of Dossier and of what is built on it."""
