"""Dossier: a self-hosted server in which teams collect data and documents from people, in cases."""

__version__ = "0.1.0"
