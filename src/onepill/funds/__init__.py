"""Which programmes should a fund hold?"""
