"""Which programmes should a fund hold?"""

from onepill.funds.pooled_programmes import LikeProgramme, Pool

__all__ = ["LikeProgramme", "Pool"]
