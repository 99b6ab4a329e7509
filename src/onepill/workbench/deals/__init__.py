"""Under which deal? Terms as rows, values for each party, negotiation, returns and comparables."""
