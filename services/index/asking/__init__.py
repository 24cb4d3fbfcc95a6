"""What a worker knows of somebody, brought to one form, turned into look-up keys and held against records."""
