"""What this machine offers: programs, packages, a cache, a Go toolchain. Knows nothing about clusters or images."""
