"""Readers of what is measured on: our gold and public formats."""
