"""Prefect flows, thin: schedule, fan out, retry. Every rule is a call into services of the web application."""
