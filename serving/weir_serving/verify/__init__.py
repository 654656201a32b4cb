"""The verification Job: is an artifact what its digest says, does it load, does it answer like the original model?"""
