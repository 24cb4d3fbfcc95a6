"""People who never were: a population like that of the United Kingdom, made from a seed, to train and to test upon."""
