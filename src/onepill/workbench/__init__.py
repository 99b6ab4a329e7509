"""What can be asked? The operations, and the only place where engines and stores meet."""
