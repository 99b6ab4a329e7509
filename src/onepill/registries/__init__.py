"""What do the public sources hold, as of which day?"""
