"""The gateway's database: its tables, and how they are opened and sealed."""
