"""What makes a server of the five tables in `dossier.app`: its settings, its services, the application, its processes."""
