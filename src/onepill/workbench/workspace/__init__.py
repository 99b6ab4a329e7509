"""What does a team keep? Programmes, deals, jobs, accounts, signatures, watches and the brief."""
