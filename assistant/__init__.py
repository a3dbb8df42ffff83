"""What we say and do: `answers` composes cited answers from the notes, `lab` runs the demos that prove them.

Imports `knowledge`, never `ui`. The two wings meet only in `answers.offering`, by section id.
"""
