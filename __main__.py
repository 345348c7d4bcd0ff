"""`python -m hcplens`."""

from .cli import main

main()
