"""Where entries are kept: the embedded journal, or Kafka; one interface (ports.py), one behaviour."""
