"""What every service stands on: settings, keys and sealing, the policy book, logs, the web set-up, the FHIR gate.

May import `contract`; imports no service. The list of files is closed (tests/test_architecture.py).
"""
