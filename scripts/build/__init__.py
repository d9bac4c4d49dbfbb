"""The build of Roster OS: stages, sources, cache, emulator."""
