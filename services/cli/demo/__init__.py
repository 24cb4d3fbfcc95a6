"""The demonstration: invented families, a live source of our own, and the main job played for real."""
