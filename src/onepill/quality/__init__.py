"""Does it stay within specification, in every market's terms?"""
