"""scripts/bench: this system, Debian 13 and the bare floor, measured side by side in QEMU."""
