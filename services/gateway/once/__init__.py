"""The same question under the same key is answered once, and that answer given again for ten minutes."""
