"""The bill of materials (SPDX 2.3) and the licence texts of the system. See init/README.md."""
