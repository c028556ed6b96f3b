"""Keeping the installation alive: numbers for Prometheus, backups, the check before opening to the public."""
