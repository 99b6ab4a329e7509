"""How does a person ask, see and change all of this in a browser?"""

from onepill.web.app import create_app
from onepill.web.settings import LOOPBACK, Settings
from onepill.web.sso_settings import read_sso

__all__ = ["LOOPBACK", "Settings", "create_app", "read_sso"]
