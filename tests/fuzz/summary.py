"""One line about what hooks.py counted: summary.py FILE."""

import json
import sys

with open(sys.argv[1]) as file:
    operations = json.load(file)

answers = [(status, count) for statuses in operations.values() for status, count in statuses.items()]
kinds = [f"{sum(count for status, count in answers if status[0] == kind)} of {kind}xx" for kind in "245"]
print(f"{len(operations)} operations, {sum(count for _, count in answers)} answers as described: {', '.join(kinds)}")
