"""Who is asking: tokens of partner systems and their people, sessions of staff, the registers behind both."""
