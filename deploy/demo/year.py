#!/usr/bin/env python3
"""A year of an invented company of 200 people: who works there, what HR plans against whom, and who was afraid of it.

usage: year.py SEED OUT

The same seed gives the same year. Writes into OUT:

    employees.csv     the chart as `alcove hr sync` reads it: the cast of the demo, and others up to 200
    protected.txt     who asks for protection before the year begins: an address a line
    planted.txt       the plans that are retaliation: quarter, number, code
    quarter-N.txt     what HR plans in quarter N: number, code, day, a reason, separated by tabs; planted ones among the rest

A planted plan is against somebody who asked for protection, and its reason names no fault that anybody wrote down before. Others have a reason
that stands in a file, or none: HR is no better at writing than elsewhere.
"""

import csv
import os
import random
import sys

PEOPLE = 200
PROTECTED = 8
PLANS_OF_A_QUARTER = 12
TEAM = 7
CODES = ["dismissal", "suspension", "demotion", "promotion_withheld", "duties_changed", "workplace_changed", "pay_cut", "hours_changed"]
DOCUMENTED = ["two warnings of last year are in the file", "the post ends for the whole department", "agreed with the employee in writing",
              "the contract ends as it was made"]
UNDOCUMENTED = ["does not fit the team", "no reason is on file", "attitude"]
HERE = os.path.dirname(os.path.abspath(__file__))


def chart():
    """Rows of the demo's own chart, and people of no name below their managers."""
    with open(os.path.join(HERE, "employees.csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    managers = [row["number"] for row in rows if row["number"].startswith("30")][:3]
    for i in range(PEOPLE - len(rows)):
        number = str(5000 + i)
        manager = managers[i % len(managers)] if i < TEAM else str(5000 + i // TEAM - 1)
        rows.append({"number": number, "mail": f"employee{number}@meridian.example", "manager": manager})
    return rows


def main():
    seed, out = sys.argv[1], sys.argv[2]
    dice = random.Random("alcove year " + seed)
    os.makedirs(out, mode=0o700, exist_ok=True)
    rows = chart()
    with open(os.path.join(out, "employees.csv"), "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, "number,mail,manager,dotted,delegate,relation,left".split(","), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

    synthetic = [row for row in rows if row["number"].startswith("5")]
    protected = dice.sample(synthetic, PROTECTED)
    others = [row for row in synthetic if row not in protected]
    with open(os.path.join(out, "protected.txt"), "w", encoding="utf-8") as file:
        file.writelines(row["mail"] + "\n" for row in protected)

    # Each of the protected once, two in a quarter: a plan is pending for some days, and an employee has one at a time.
    dice.shuffle(protected)
    planted = []
    for quarter in range(1, 5):
        plans = []
        for row in protected[2 * quarter - 2:2 * quarter]:
            code = dice.choice(CODES)
            planted.append((quarter, row["number"], code))
            plans.append((row["number"], code, dice.choice(UNDOCUMENTED)))
        for row in dice.sample(others, PLANS_OF_A_QUARTER - len(plans)):
            plans.append((row["number"], dice.choice(CODES), dice.choice(DOCUMENTED * 2 + UNDOCUMENTED)))
        dice.shuffle(plans)
        with open(os.path.join(out, f"quarter-{quarter}.txt"), "w", encoding="utf-8") as file:
            for number, code, reason in plans:
                file.write(f"{number}\t{code}\t2028-0{quarter}-01\t{reason}\n")
    with open(os.path.join(out, "planted.txt"), "w", encoding="utf-8") as file:
        file.writelines(f"{quarter} {number} {code}\n" for quarter, number, code in planted)


if __name__ == "__main__":
    main()
