"""Does it arrive, cold and with its papers?"""
