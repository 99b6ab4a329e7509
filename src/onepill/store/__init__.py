"""How is a thing kept whole: written completely or not at all?"""

from onepill.store.files import write_all_whole, write_whole

__all__ = ["write_all_whole", "write_whole"]
