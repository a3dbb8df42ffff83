"""What we know: the notes, how they are read, and how the right section of them is found.

Belongs here: Markdown to passages, the index, the router, terms, corrections. Does not belong here: demos, clusters, settings,
anything of the screen. Imports neither `assistant` nor `ui`; every function takes plain arguments.
"""
