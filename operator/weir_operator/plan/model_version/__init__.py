"""ModelVersion: an artifact that was verified once, by downloading, hashing, loading and replaying it."""
