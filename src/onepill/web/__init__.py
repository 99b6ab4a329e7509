"""How does a person ask, see and change all of this in a browser?"""

from onepill.web.app import create_app
from onepill.web.settings import LOOPBACK, Settings

__all__ = ["LOOPBACK", "Settings", "create_app"]
