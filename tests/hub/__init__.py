"""The whole line in one process, on embedded parts: no fake, no socket but a live source that a test starts."""
