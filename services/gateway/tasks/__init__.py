"""Work that the hub gives to people: inboxes of an organisation, tasks, owners' decisions, and advice."""
