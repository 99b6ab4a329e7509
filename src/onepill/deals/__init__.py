"""Who pays whom, when, and what is it worth to each?"""
