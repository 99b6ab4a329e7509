"""What is loaded on this machine, and which links should a person decide?"""
