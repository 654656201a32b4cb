"""What every serving process does alike: read its environment, say how it ended, log, listen.

Knows nothing of models or requests.
"""
