"""Who else is there, and who is first?"""
