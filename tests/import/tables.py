# SPDX-License-Identifier: Apache-2.0
"""Writes tables with Python's csv module, in several manners, and holds what `entente import` reads to what was written; and
reads tables by hand, where the two have to say the same. Usage: tables.py ENTENTE TREATY FOLDER (which holds a map of t.csv)."""
import csv
import io
import json
import random
import re
import subprocess
import sys

entente, treaty, folder = sys.argv[1:]
head = ["at", "words", "source", "standing", "note"]
pieces = ["a", "Ж", "🜁", '"', '""', ",", ";", " ", "'", "\\", "{x}", "--", "\n", "\r\n", "[1]", "`", "=1+1", "\u00a0", "x" * 40]


def said(words):
    """As a cell is read: without blanks around it, on one line."""
    return re.sub(r"\r\n|\n|\r", " ", words.strip(" \t\r\n"))


def read(data):
    with open(folder + "/t.csv", "wb") as table:
        table.write(data)
    ran = subprocess.run([entente, "import", treaty, folder, "--json"], capture_output=True, check=False)
    if ran.returncode != 0:
        return ran.stdout.decode() + ran.stderr.decode()
    return [row["cells"] for row in json.loads(ran.stdout)["rows"]]


def compare(manner, data):
    text = data.decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    wanted = [dict(zip(rows[0], map(said, row))) for row in rows[1:]]
    got = read(data)
    if got != wanted:
        print(f"{manner}: {data!r}\nwanted {wanted}\ngot    {got}")
        sys.exit(1)


chance = random.Random(7)
for number in range(60):
    mark = chance.choice(["", "\ufeff"])
    end = chance.choice(["\n", "\r\n", "\r"])
    # With a lone CR at the end of a line Python leaves LF in cells bare, which nobody could read back.
    quoting = csv.QUOTE_ALL if end == "\r" else chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator=end, quoting=quoting)
    table.writerow(head)
    for _ in range(chance.randrange(12)):
        cell = ["".join(chance.choices(pieces, k=chance.randrange(6))) for _ in range(3)]
        table.writerow(["2002-01-01", "w" + cell[0], "s" + cell[1], "notional", cell[2]])
    data = out.getvalue()
    if chance.random() < 0.3:
        data = data.removesuffix(end)
    compare(f"{number}, ends {end!r}, quoting {quoting}", (mark + data).encode())

line = "at,words,source,standing,note"
for data in [f"{line}", f"{line}\n", f"{line}\n\n\n2002-01-01,a,b,notional,\n\n", f"{line}\r\n2002-01-01,\"a\",b,notional,\"\"",
             f"{line}\n2002-01-01,a,\"\n\nb\n\",notional,\"\"\"\"\"\"\n", f"{line}\n2002-01-01,'a,b,notional,c d\n",
             "\"at\",\"words\",source,standing,\"no \"\"te\"\"\"\n2002-01-01,a,b,notional,c\n"]:
    compare("by hand", data.encode())
