"""What does a team keep: documents with their history, answers, jobs, accounts and the trail of who did what?"""

from onepill.store.workspace.documents import Conflict, Kept, StoreConflict, Version
from onepill.store.workspace.opening import DATABASE, Workspace, open_workspace

__all__ = ["DATABASE", "Conflict", "Kept", "StoreConflict", "Version", "Workspace", "open_workspace"]
