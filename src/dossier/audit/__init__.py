"""Who was let in, was given what, took what out, and was refused: kept in the same transaction as the act."""

from dossier.audit.actions import forget_name, record, record_alone, record_of_member, record_refused

__all__ = ["forget_name", "record", "record_alone", "record_of_member", "record_refused"]
