"""Tests of messages: kept, sent, refused, erased."""
