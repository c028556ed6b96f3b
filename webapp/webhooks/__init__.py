"""Telling other systems what happened: signed messages to addresses that an administrator has entered."""
