"""What is answered? The closed model of each operation's answer."""
