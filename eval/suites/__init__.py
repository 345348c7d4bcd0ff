"""Suites: each measures one stage, and says what on."""
