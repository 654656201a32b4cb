"""The demo: the main job on real data, told as it goes. It uses the samples and kubectl, like a user would."""
