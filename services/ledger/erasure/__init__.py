"""Erasure of one person: who may, what stands in the way, and the destroying itself."""
