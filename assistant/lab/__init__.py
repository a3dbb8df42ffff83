"""What we do: how a demo runs on the learner's own Minikube, or is replayed from a recording.

Belongs here: the guard, the sandbox, the verbs, the events. Does not belong here: which demos exist (`assistant.demos`) and
words for the screen (`ui.texts`): events carry codes, ids and numbers only.
"""
