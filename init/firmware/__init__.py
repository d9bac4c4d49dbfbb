"""Picks firmware for the kernel's drivers and CPU microcode out of packages. See init/README.md."""
