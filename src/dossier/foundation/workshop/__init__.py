"""Where what somebody sent is opened: in processes of their own, which have no network, no database, no keys, and an end to their memory and time.

`asking` is the server's side, `confined` what both know. All else runs in such a process alone (`python -I -m dossier.foundation.workshop`),
an order a process: nothing is imported here, for each begins anew.
"""
