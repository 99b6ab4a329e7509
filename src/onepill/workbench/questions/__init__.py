"""What may be asked? The closed model of each operation's question."""
