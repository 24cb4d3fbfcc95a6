"""Witnessing the logs of others (C2SP tlog-witness): what an agency runs so that a hub cannot show two pasts."""
