"""The command `mash`: a file for each group of users; under `parts/` the real Kafka, OPA and PostgreSQL."""
