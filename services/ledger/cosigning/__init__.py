"""Having the hub's own checkpoints cosigned by witnesses, before or after a release (docs/adr, witnesses)."""
