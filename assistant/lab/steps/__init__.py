"""The verbs of the demos, one file a family. A verb is a frozen dataclass that yields events; it knows only its sandbox."""
