"""The vocabulary that operator, training and serving share.

Pure: the standard library and numpy, no I/O, no clock, no environment. What two parts must agree on (names, paths,
documents, statistics) is written here once; everything else belongs to the part that does it.
"""
