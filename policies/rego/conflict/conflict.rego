# METADATA
# title: Conflict of interest
# description: |
#   The asker's own record, household, relatives and declared conflicts are refused everywhere, in neutral words.
#   Reads: conflict.
package mash.conflict

# METADATA
# description: What the rule says of every class of a profile, or null.
default of(_) := {"rule": "conflict", "effect": 3, "silent": false, "code": "CONFLICT_OF_INTEREST", "how": {}, "missing": [], "tasks": []}

of(profile) := null if profile.conflict == false
