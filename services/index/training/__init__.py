"""The weights of the score, trained offline by Splink (extra `train`) from a folder of records. Never imported at run time."""
