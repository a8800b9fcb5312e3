"""`dossier`, and `python -m dossier`: the command line."""


def main() -> None:
    """Run the command that the arguments name."""
    from dossier.cli import app  # noqa: PLC0415 - worker processes import this file, and have no use for commands

    app()


if __name__ == "__main__":
    main()
