"""Webhooks: how calls are signed, who subscribes, and what is delivered."""
