"""What do the rooms of the workbench share? The ledger of origins, words, rules as rows, defaults."""
