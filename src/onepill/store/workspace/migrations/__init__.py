"""How does a workspace of an earlier version become one of today?"""
