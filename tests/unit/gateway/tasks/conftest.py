"""The hub in hand."""

from tests.gateway_world import world

__all__ = ["world"]
