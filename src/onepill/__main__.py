"""`python -m onepill` is the command `onepill`."""

from onepill.cli import main

main()
