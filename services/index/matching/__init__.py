"""Whether two records speak of one person: a trained score, and guards that the score cannot pass."""
