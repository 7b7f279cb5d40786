"""``python -m idbellen``."""

from idbellen.cli import main

main()
