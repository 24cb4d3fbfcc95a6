"""Which of several gateways has the sequencer."""
