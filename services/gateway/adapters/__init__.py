"""Clients by which the gateway reaches another process: each satisfies a port of `services/gateway/ports.py`."""
