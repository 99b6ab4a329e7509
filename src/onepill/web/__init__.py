"""How does a person ask, see and change all of this in a browser?"""
