"""Assembles file trees from tables into reproducible cpio and tar archives. See init/README.md."""
