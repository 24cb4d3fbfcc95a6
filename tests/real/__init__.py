"""How the tests find each real part: Kafka, OPA, PostgreSQL and a browser."""
