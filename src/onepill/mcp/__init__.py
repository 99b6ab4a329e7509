"""How does a software agent ask the same questions and get the same answers?"""
