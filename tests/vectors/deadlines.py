#!/usr/bin/env python3
"""Computes deadlines.json a second time: with Python's datetime, from design section 9, not from any code of the product.

    deadlines.py           exit 0 when every row of deadlines.json is what is computed here
    deadlines.py --write   writes the file anew: for new rows of the lists below

The rows are the lists below. Where a row brings its own days (`due=`), somebody counted them on a calendar, and they are held
against the computation before anything else.
"""
import datetime
import json
import pathlib
import sys

FILE = pathlib.Path(__file__).parent / "deadlines.json"
PROFILES = pathlib.Path(__file__).parents[2] / "deploy" / "policy" / "profiles.json"
NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ONE = datetime.timedelta(days=1)

TERMS = {
    "default": dict(acknowledge_days=7, feedback_months=3, personal_message_working_days=3, triage_working_days=2,
                    claim_hours=24),
    "strict": dict(acknowledge_days=3, feedback_months=1, personal_message_working_days=1, triage_working_days=1,
                   claim_hours=12),
    "wide": dict(acknowledge_days=7, feedback_months=3, personal_message_working_days=5, triage_working_days=10,
                 claim_hours=72),
    "odd_hours": dict(acknowledge_days=5, feedback_months=2, personal_message_working_days=2, triage_working_days=2,
                      claim_hours=25),
}


def shipped(profile):
    return next(row for row in json.loads(PROFILES.read_text())["profiles"] if row["id"] == profile)


def calendars():
    named = {
        "every_day": dict(weekend=[], holidays=[]),
        "weekdays": dict(weekend=["sat", "sun"], holidays=[]),
        "friday_saturday": dict(weekend=["fri", "sat"], holidays=[]),
        "one_day_off": dict(weekend=["sun"], holidays=["2027-01-04"]),
        "winter": dict(weekend=["sat", "sun"], holidays=["2026-12-25", "2026-12-26", "2027-01-01"]),
        "long_closure": dict(weekend=["sat", "sun"], holidays=[f"2027-12-{day:02}" for day in range(24, 32)] +
                             [f"2028-01-{day:02}" for day in range(1, 8)]),
    }
    for profile in ["eu-2019-1937", "us-eeoc"]:
        row = shipped(profile)
        named[profile] = dict(weekend=row["weekend"], holidays=row["holidays"])
    return named


CALENDARS = calendars()

# name, calendar, terms, filed, then where they are not the day of filing: assigned; acknowledged where it was; due.
INTERNAL = [
    # The week, day by day; nothing acknowledged.
    ("a Monday filing", "weekdays", "default", "2026-11-23"),
    ("a Tuesday filing", "weekdays", "default", "2026-11-24"),
    ("a Wednesday filing", "weekdays", "default", "2026-11-25"),
    ("a Thursday filing", "weekdays", "default", "2026-11-26"),
    ("a Friday filing", "weekdays", "default", "2026-11-20",
     dict(due=dict(acknowledge="2026-11-27", claim="2026-11-21", triage="2026-11-24", personal_message="2026-11-25",
                   feedback="2027-02-27"))),
    ("a filing on a Saturday", "weekdays", "default", "2026-11-21"),
    ("a filing on a Sunday", "weekdays", "default", "2026-11-22",
     dict(due=dict(acknowledge="2026-11-29", claim="2026-11-23", triage="2026-11-24", personal_message="2026-11-25",
                   feedback="2027-02-28"))),
    ("every day works", "every_day", "default", "2026-11-20"),
    ("every day works, over the year's end", "every_day", "default", "2026-12-30"),
    ("a weekend of Friday and Saturday", "friday_saturday", "default", "2026-11-19"),
    ("filed on the first day of a Friday weekend", "friday_saturday", "default", "2026-11-20"),
    ("only Sundays off, and a Monday", "one_day_off", "default", "2027-01-02",
     dict(due=dict(triage="2027-01-06", personal_message="2027-01-07", claim="2027-01-03"))),
    # Holidays.
    ("before holidays", "winter", "default", "2026-12-23"),
    ("a holiday on a weekend counts once", "winter", "default", "2026-12-24"),
    ("filed on Christmas Day", "winter", "default", "2026-12-25",
     dict(due=dict(acknowledge="2027-01-01", claim="2026-12-26", triage="2026-12-29", personal_message="2026-12-30",
                   feedback="2027-04-01"))),
    ("filed between the years", "winter", "default", "2026-12-30"),
    ("filed on New Year's Eve", "winter", "default", "2026-12-31",
     dict(due=dict(acknowledge="2027-01-07", claim="2027-01-01", triage="2027-01-05", personal_message="2027-01-06",
                   feedback="2027-04-07"))),
    ("filed on New Year's Day", "winter", "default", "2027-01-01"),
    ("a closure of two weeks", "long_closure", "default", "2027-12-23",
     dict(due=dict(acknowledge="2027-12-30", claim="2027-12-24", triage="2028-01-11", personal_message="2028-01-12",
                   feedback="2028-03-30"))),
    ("filed within a closure", "long_closure", "default", "2027-12-28"),
    ("filed on the last day of a closure", "long_closure", "default", "2028-01-07"),
    ("ten working days over a closure", "long_closure", "wide", "2027-12-20"),
    ("Europe: before Easter", "eu-2019-1937", "default", "2027-03-25",
     dict(due=dict(triage="2027-03-31", personal_message="2027-04-01", acknowledge="2027-04-01"))),
    ("Europe: filed on Good Friday", "eu-2019-1937", "default", "2027-03-26"),
    ("Europe: filed on Easter Monday", "eu-2019-1937", "default", "2027-03-29"),
    ("Europe: May Day on a Saturday", "eu-2019-1937", "default", "2027-04-30"),
    ("Europe: before Ascension", "eu-2019-1937", "default", "2027-05-05"),
    ("Europe: before Whitsun", "eu-2019-1937", "default", "2027-05-14"),
    ("United States: before Thanksgiving", "us-eeoc", "default", "2026-11-25",
     dict(due=dict(triage="2026-11-30", personal_message="2026-12-01", acknowledge="2026-12-02"))),
    ("United States: filed on Thanksgiving", "us-eeoc", "default", "2026-11-26"),
    ("United States: Juneteenth on a Saturday is kept on Friday", "us-eeoc", "default", "2027-06-17"),
    ("United States: Independence Day on a Sunday is kept on Monday", "us-eeoc", "default", "2027-07-02"),
    ("United States: before Labor Day", "us-eeoc", "default", "2027-09-03"),
    ("United States: filed on a holiday kept early", "us-eeoc", "default", "2027-12-24"),
    # ISO 37002: working days, with wide and narrow terms.
    ("ISO: ten working days", "weekdays", "wide", "2026-11-20"),
    ("ISO: ten working days from a Saturday", "weekdays", "wide", "2026-11-21"),
    ("ISO: ten working days into the next month", "weekdays", "wide", "2027-02-19"),
    ("ISO: ten working days over a leap day", "weekdays", "wide", "2028-02-21",
     dict(due=dict(triage="2028-03-06", personal_message="2028-02-28", claim="2028-02-24"))),
    ("ISO: ten working days over the year's end", "weekdays", "wide", "2026-12-22"),
    ("ISO: with a weekend of Friday and Saturday", "friday_saturday", "wide", "2026-12-22"),
    ("strict terms", "weekdays", "strict", "2026-11-20"),
    ("strict terms on a Saturday", "weekdays", "strict", "2026-11-21"),
    ("strict terms at a month's end", "weekdays", "strict", "2027-01-28"),
    ("strict terms on the last of January", "weekdays", "strict", "2027-01-31"),
    ("twenty-five hours are two days", "weekdays", "odd_hours", "2026-11-20",
     dict(due=dict(claim="2026-11-22", acknowledge="2026-11-25", feedback="2027-01-25"))),
    # Feedback, from the acknowledgement or from the day it was due.
    ("Europe: not acknowledged", "eu-2019-1937", "default", "2026-12-01"),
    ("Europe: acknowledged on the same day", "eu-2019-1937", "default", "2026-12-01", dict(acknowledged="2026-12-01")),
    ("Europe: acknowledged on the next day", "eu-2019-1937", "default", "2026-12-01", dict(acknowledged="2026-12-02")),
    ("Europe: acknowledged on the last day", "eu-2019-1937", "default", "2026-12-01",
     dict(acknowledged="2026-12-08", due=dict(feedback="2027-03-08"))),
    ("Europe: acknowledged a day late gains nothing", "eu-2019-1937", "default", "2026-12-01",
     dict(acknowledged="2026-12-09", due=dict(feedback="2027-03-08"))),
    ("Europe: acknowledged months late gains nothing", "eu-2019-1937", "default", "2026-12-01",
     dict(acknowledged="2027-02-20", due=dict(feedback="2027-03-08"))),
    ("acknowledged on the next day", "weekdays", "default", "2026-11-20", dict(acknowledged="2026-11-21")),
    ("acknowledged on the last day", "weekdays", "default", "2026-11-20", dict(acknowledged="2026-11-27")),
    ("acknowledged late: no gain", "weekdays", "default", "2026-11-20", dict(acknowledged="2026-12-20")),
    ("acknowledged on a Sunday", "weekdays", "default", "2026-11-20", dict(acknowledged="2026-11-22")),
    # Ends of months.
    ("three months end in February", "weekdays", "default", "2026-11-28", dict(acknowledged="2026-11-30")),
    ("the 28th of November keeps its day", "weekdays", "default", "2026-11-28", dict(acknowledged="2026-11-28")),
    ("the 29th of November ends on the 28th", "weekdays", "default", "2026-11-29",
     dict(acknowledged="2026-11-29", due=dict(feedback="2027-02-28"))),
    ("three months end in a leap February", "weekdays", "default", "2027-11-28",
     dict(acknowledged="2027-11-30", due=dict(feedback="2028-02-29"))),
    ("the 29th of November keeps its day in a leap year", "weekdays", "default", "2027-11-29",
     dict(acknowledged="2027-11-29", due=dict(feedback="2028-02-29"))),
    ("the 31st of January ends on the 30th of April", "weekdays", "default", "2027-01-31",
     dict(acknowledged="2027-01-31", due=dict(feedback="2027-04-30"))),
    ("the 31st of March ends on the 30th of June", "weekdays", "default", "2027-03-31", dict(acknowledged="2027-03-31")),
    ("the 31st of May keeps its day", "weekdays", "default", "2027-05-31", dict(acknowledged="2027-05-31")),
    ("the 31st of August ends on the 30th of November", "weekdays", "default", "2027-08-31",
     dict(acknowledged="2027-08-31")),
    ("the 30th of June keeps its day", "weekdays", "default", "2027-06-30", dict(acknowledged="2027-06-30")),
    ("the last day of a year", "weekdays", "default", "2027-12-31", dict(acknowledged="2027-12-31")),
    ("strict: one month from the 31st of January", "weekdays", "strict", "2027-01-31", dict(acknowledged="2027-01-31")),
    ("strict: one month from the 31st of January, leap year", "weekdays", "strict", "2028-01-31",
     dict(acknowledged="2028-01-31", due=dict(feedback="2028-02-29"))),
    ("day 7 falls on the last of February", "weekdays", "default", "2027-02-21"),
    ("day 7 falls on a leap day", "weekdays", "default", "2028-02-22",
     dict(due=dict(acknowledge="2028-02-29", feedback="2028-05-29"))),
    # Leap years.
    ("filed on a leap day", "weekdays", "default", "2028-02-29",
     dict(due=dict(acknowledge="2028-03-07", claim="2028-03-01", triage="2028-03-02", personal_message="2028-03-03",
                   feedback="2028-06-07"))),
    ("filed on a leap day and acknowledged", "weekdays", "default", "2028-02-29", dict(acknowledged="2028-02-29")),
    ("filed on the 28th of February of a leap year", "weekdays", "default", "2028-02-28"),
    ("filed on the 28th of February of another year", "weekdays", "default", "2027-02-28"),
    ("over the leap day", "weekdays", "default", "2028-02-25"),
    ("no leap day in 2100", "weekdays", "default", "2100-02-28",
     dict(due=dict(acknowledge="2100-03-07", claim="2100-03-01"))),
    # Another person gets it: only the time to claim starts anew.
    ("given to another person later", "weekdays", "default", "2026-11-20", dict(assigned="2026-11-24")),
    ("given to another person over the year's end", "winter", "default", "2026-12-29", dict(assigned="2026-12-31")),
    ("given to another person on a Saturday", "weekdays", "default", "2026-11-20", dict(assigned="2026-11-28")),
    ("given to another person with three days to claim", "weekdays", "wide", "2026-11-20", dict(assigned="2027-02-27")),
]

# name, calendar, days or years, rolls, last incident, due where somebody counted it.
EXTERNAL = [
    ("180 days on a working day", "weekdays", "180d", True, "2026-04-16", "2026-10-13"),
    ("180 days roll over a weekend", "weekdays", "180d", True, "2026-05-25", "2026-11-23"),
    ("180 days from New Year's Day", "weekdays", "180d", True, "2026-01-01", "2026-06-30"),
    ("180 days from New Year's Day of a leap year", "weekdays", "180d", True, "2028-01-01", "2028-06-29"),
    ("180 days end on a Saturday", "weekdays", "180d", True, "2026-01-05", "2026-07-06"),
    ("180 days end on a Sunday", "weekdays", "180d", True, "2026-01-06", "2026-07-06"),
    ("180 days end on a Monday", "weekdays", "180d", True, "2026-01-07", "2026-07-06"),
    ("180 days that do not roll", "weekdays", "180d", False, "2026-01-05", "2026-07-04"),
    ("180 days where every day works", "every_day", "180d", True, "2026-01-05", "2026-07-04"),
    ("180 days with a weekend of Friday and Saturday", "friday_saturday", "180d", True, "2026-01-04"),
    ("180 days over a leap day", "weekdays", "180d", True, "2027-10-15"),
    ("180 days from a leap day", "weekdays", "180d", True, "2028-02-29"),
    ("180 days from the day before a leap day", "weekdays", "180d", True, "2028-02-28"),
    ("180 days from the last of a year", "weekdays", "180d", True, "2026-12-31"),
    ("180 days end on Christmas Day", "us-eeoc", "180d", True, "2026-06-28", "2026-12-28"),
    ("180 days end on New Year's Day", "us-eeoc", "180d", True, "2026-07-05", "2027-01-04"),
    ("180 days end on Thanksgiving", "us-eeoc", "180d", True, "2026-05-30", "2026-11-27"),
    ("180 days end on Martin Luther King Day", "us-eeoc", "180d", True, "2026-07-22", "2027-01-19"),
    ("180 days end on Washington's Birthday", "us-eeoc", "180d", True, "2026-08-19", "2027-02-16"),
    ("180 days end on Memorial Day", "us-eeoc", "180d", True, "2026-12-02", "2027-06-01"),
    ("180 days end on Juneteenth, a Saturday", "us-eeoc", "180d", True, "2026-12-21"),
    ("180 days end on the Friday kept for Juneteenth", "us-eeoc", "180d", True, "2026-12-20", "2027-06-21"),
    ("180 days end on Independence Day, a Sunday", "us-eeoc", "180d", True, "2027-01-05", "2027-07-06"),
    ("180 days end on Labor Day", "us-eeoc", "180d", True, "2027-03-10", "2027-09-07"),
    ("180 days end on Columbus Day", "us-eeoc", "180d", True, "2027-04-14", "2027-10-12"),
    ("180 days end on Veterans Day", "us-eeoc", "180d", True, "2027-05-15", "2027-11-12"),
    ("180 days end on New Year's Eve, kept for a Saturday", "us-eeoc", "180d", True, "2027-07-04", "2028-01-03"),
    ("180 days roll over weekend and holiday", "us-eeoc", "180d", True, "2027-01-04", "2027-07-06"),
    ("180 days roll over a closure of two weeks", "long_closure", "180d", True, "2027-06-28", "2028-01-10"),
    ("300 days", "weekdays", "300d", True, "2026-02-10"),
    ("300 days from New Year's Day", "weekdays", "300d", True, "2026-01-01", "2026-10-28"),
    ("300 days end on Independence Day, kept on Monday", "us-eeoc", "300d", True, "2026-09-07", "2027-07-06"),
    ("300 days end on Christmas Day", "us-eeoc", "300d", True, "2026-02-28", "2026-12-28"),
    ("300 days over the year's end", "us-eeoc", "300d", True, "2026-11-20"),
    ("300 days over a leap day", "us-eeoc", "300d", True, "2027-12-01"),
    ("300 days from a leap day end on Christmas Day", "us-eeoc", "300d", True, "2028-02-29", "2028-12-26"),
    ("300 days end on a Saturday", "us-eeoc", "300d", True, "2026-06-21", "2027-04-19"),
    ("300 days that do not roll", "us-eeoc", "300d", False, "2026-02-28", "2026-12-25"),
    ("New York: three years", "us-eeoc", "3y", False, "2026-10-07", "2029-10-07"),
    ("New York: three years end on a Sunday and do not roll", "us-eeoc", "3y", False, "2024-11-22", "2027-11-22"),
    ("New York: three years end on Christmas Day", "us-eeoc", "3y", False, "2023-12-25", "2026-12-25"),
    ("New York: three years from a leap day", "us-eeoc", "3y", False, "2028-02-29", "2031-02-28"),
    ("New York: three years to the 28th of a leap year's February", "us-eeoc", "3y", False, "2025-02-28", "2028-02-28"),
    ("New York: three years from the 1st of March", "us-eeoc", "3y", False, "2025-03-01", "2028-03-01"),
    ("New York: three years from the last of a year", "us-eeoc", "3y", False, "2026-12-31", "2029-12-31"),
    ("three years that roll", "weekdays", "3y", True, "2024-11-21", "2027-11-22"),
    ("one year from a leap day", "weekdays", "1y", False, "2028-02-29", "2029-02-28"),
    ("four years from a leap day", "weekdays", "4y", False, "2028-02-29", "2032-02-29"),
]


def day(text):
    return datetime.date.fromisoformat(text)


def works(date, calendar):
    return NAMES[date.weekday()] not in calendar["weekend"] and date.isoformat() not in calendar["holidays"]


def working_days_after(date, count, calendar):
    """The last of the next `count` days that are worked; `date` itself is not counted."""
    while count:
        date += ONE
        count -= works(date, calendar)
    return date


def months_after(date, months):
    """The same day of a later month; its last one where it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    for number in range(date.day, 27, -1):
        try:
            return datetime.date(year, month + 1, number)
        except ValueError:
            continue
    return datetime.date(year, month + 1, date.day)


def internal(name, calendar, terms, filed, more=None):
    more = dict(more or {})
    counted = more.pop("due", {})
    row = dict(name=name, calendar=calendar, terms=terms, filed=filed, **more)
    term, off = TERMS[terms], CALENDARS[calendar]
    acknowledge = day(filed) + datetime.timedelta(days=term["acknowledge_days"])
    told = min(day(row["acknowledged"]), acknowledge) if "acknowledged" in row else acknowledge
    due = dict(
        acknowledge=acknowledge,
        claim=day(row.get("assigned", filed)) + datetime.timedelta(days=-(-term["claim_hours"] // 24)),
        triage=working_days_after(day(filed), term["triage_working_days"], off),
        personal_message=working_days_after(day(filed), term["personal_message_working_days"], off),
        feedback=months_after(told, term["feedback_months"]))
    row["due"] = {kind: date.isoformat() for kind, date in due.items()}
    for kind, date in counted.items():
        if row["due"][kind] != date:
            sys.exit(f"{name}: {kind} is {row['due'][kind]} by computation and {date} by hand")
    return row


def external(name, calendar, term, rolls, last, counted=None):
    count, unit = int(term[:-1]), {"d": "days", "y": "years"}[term[-1]]
    date = day(last) + datetime.timedelta(days=count) if unit == "days" else months_after(day(last), 12 * count)
    while rolls and not works(date, CALENDARS[calendar]):
        date += ONE
    if counted and date.isoformat() != counted:
        sys.exit(f"{name}: {date} by computation and {counted} by hand")
    return {"name": name, "calendar": calendar, unit: count, "rolls": rolls, "last_incident": last,
            "due": date.isoformat()}


def table():
    made = dict(
        about="When clocks are due; see README.md. Computed by deadlines.py; held by server, client and deadlines.py.",
        calendars=CALENDARS, terms=TERMS,
        internal=[internal(*row) for row in INTERNAL], external=[external(*row) for row in EXTERNAL])
    names = [row["name"] for kind in ("internal", "external") for row in made[kind]]
    if len(names) < 120 or len(set(names)) != len(names):
        sys.exit(f"{len(names)} rows, {len(set(names))} names: at least 120 are wanted, each with a name of its own")
    return made


def text(made):
    """One row a line, so that a person can read it."""
    lines = ["{", f' "about": {json.dumps(made["about"])},']
    for kind in ("calendars", "terms"):
        rows = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in made[kind].items()]
        lines += [f' "{kind}": {{', ",\n".join(rows), " },"]
    for kind, end in (("internal", ","), ("external", "")):
        lines += [f' "{kind}": [', ",\n".join("  " + json.dumps(row) for row in made[kind]), f" ]{end}"]
    return "\n".join(lines + ["}", ""])


def main():
    made = text(table())
    if sys.argv[1:] == ["--write"]:
        FILE.write_text(made)
    elif sys.argv[1:]:
        sys.exit(__doc__)
    held = json.loads(FILE.read_text())
    for kind in ("calendars", "terms", "internal", "external"):
        mine = json.loads(made)[kind]
        if held[kind] == mine:
            continue
        pairs = zip(held[kind], mine) if isinstance(mine, list) else [(held[kind], mine)]
        wrong = [f"{a}\n  computed: {b}" for a, b in pairs if a != b]
        sys.exit(f"{kind}: {len(held[kind])} rows, computed {len(mine)}\n" + "\n".join(wrong))
    print(f"deadlines.json: {len(held['internal'])} internal and {len(held['external'])} external rows hold")


if __name__ == "__main__":
    main()
