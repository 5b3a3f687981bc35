#!/usr/bin/env python3
"""Print a JSON array of InfluxQL texts: statements, and mutations of them.

    generate.py COUNT [SEED] [mutations]
"""
import json, random, sys

OWN = [
    'SELECT * FROM b..m',
    'SELECT * FROM "b".."m"',
    'SELECT * FROM b.rp.m',
    'SELECT * FROM rp.m',
    'SELECT * FROM b.rp./x/',
    'SELECT * FROM rp./x/',
    'SELECT * FROM b../x/',
    'SELECT * FROM (SELECT * FROM b..m)',
    'SELECT * FROM a..m, b..n',
    'SELECT * INTO b.rp.x FROM a..m',
    'SELECT * INTO b..:MEASUREMENT FROM /x/',
    'SELECT * INTO rp.:MEASUREMENT FROM m',
    'EXPLAIN SELECT * FROM b..m',
    'EXPLAIN ANALYZE SELECT * INTO b..x FROM m',
    'SHOW SERIES ON a FROM b..m',
    'SHOW FIELD KEYS ON a FROM b..m',
    'SHOW FIELD KEYS FROM b.rp.m',
    'SHOW SERIES EXACT CARDINALITY ON b',
    'SHOW SERIES CARDINALITY ON b',
    'SHOW FIELD KEY CARDINALITY ON b',
    'SHOW FIELD KEY EXACT CARDINALITY ON b',
    'SHOW TAG KEY CARDINALITY ON b',
    'SHOW TAG VALUES CARDINALITY ON b WITH KEY = x',
    'SHOW TAG VALUES ON b FROM c..m WITH KEY IN (a, "b") WHERE x = 1',
    'SHOW TAG VALUES WITH KEY =~ /x/',
    'SHOW MEASUREMENTS ON b',
    'SHOW MEASUREMENTS ON b.rp',
    'SHOW MEASUREMENTS ON *.*',
    'SHOW MEASUREMENTS WITH MEASUREMENT =~ b.rp./x/',
    'SHOW MEASUREMENTS WITH MEASUREMENT = c..m',
    'SHOW MEASUREMENT CARDINALITY ON b',
    'SHOW MEASUREMENT EXACT CARDINALITY ON b FROM c..m',
    'SHOW RETENTION POLICIES ON b',
    'SHOW RETENTION POLICIES',
    'SHOW DATABASES',
    'SHOW QUERIES',
    'SHOW CONTINUOUS QUERIES',
    'SHOW USERS',
    'SHOW STATS',
    'SHOW DIAGNOSTICS',
    'SHOW SHARDS',
    'SHOW SUBSCRIPTIONS',
    'SHOW GRANTS FOR x',
    'CREATE CONTINUOUS QUERY q ON a BEGIN SELECT mean(v) INTO x FROM b..m GROUP BY time(1m) END',
    'DROP CONTINUOUS QUERY q ON a',
    'DROP RETENTION POLICY p ON b',
    'DROP DATABASE b',
    'DROP MEASUREMENT m',
    'DROP SERIES FROM m',
    'DROP SERIES WHERE x = 1',
    'DELETE FROM m',
    'DELETE WHERE time < 0',
    'DROP SHARD 1',
    'KILL QUERY 1',
    'CREATE DATABASE b',
    'CREATE DATABASE b WITH DURATION 1d',
    "CREATE USER x WITH PASSWORD 'y'",
    'GRANT ALL ON b TO x',
    'SELECT * FROM m; SELECT * FROM b..m',
    'SELECT * FROM m -- c\n',
    'SELECT * /* x */ FROM b..m',
    "SELECT a/b, /x/ FROM m WHERE a =~ /b..m/ AND t = 'FROM c..d'",
    'SELECT "FROM" FROM "b".."FROM c"',
    'SELECT mean("v") AS "a" FROM "b"."rp"."m" WHERE time > now() - 1h AND "h" = \'x\' GROUP BY time(1m), "h", * fill(0) ORDER BY time DESC LIMIT 1 OFFSET 2 SLIMIT 3 SOFFSET 4 tz(\'UTC\')',
    'SELECT v::float, *::tag FROM m',
    'SELECT derivative(mean(v), 1s) FROM m GROUP BY time(10s) fill(previous)',
    'SELECT distinct(v), count(distinct v) FROM m',
    'SELECT -1 * (v + 2.5) FROM "a\\"b".."c"',
    'SELECT * FROM x"b"..m',
    'SELECT * FROM "b"."rp"./m/, c.rp.m',
]


def name():
    return random.choice(["b", '"b"', '"b c"', '"b\\"c"', "_x", '"FROM"', "B"])


def source():
    return random.choice(["m", "rp.m", f"{name()}..m", f"{name()}.rp.m", f"{name()}.{name()}./x/", "/x/", "rp./x y/"])


def select(depth=0):
    fields = random.choice(["*", "v", "mean(v)", "v / 2", "/x/", '"a b"::field'])
    into = ["", f" INTO {name()}..t", " INTO t", f" INTO {name()}.rp.:MEASUREMENT"]
    subquery = lambda: depth < 3 and random.random() < 0.3
    sources = [f"({select(depth + 1)})" if subquery() else source() for _ in range(random.randint(1, 2))]
    rest = random.choice(["", " WHERE x =~ /a/ AND y = 'b'", " GROUP BY time(1m), *", " LIMIT 1"])
    return f"SELECT {fields}{random.choice(into) if depth == 0 else ''} FROM {', '.join(sources)}{rest}"


def show():
    kinds = ["SERIES", "FIELD KEYS", "TAG KEYS", "MEASUREMENTS", "SERIES CARDINALITY", "SERIES EXACT CARDINALITY",
             "MEASUREMENT CARDINALITY", "TAG KEY CARDINALITY", "FIELD KEY EXACT CARDINALITY", "TAG VALUES"]
    kind = random.choice(kinds)
    text = f"SHOW {kind}"
    if random.random() < 0.5:
        text += f" ON {name()}"
    if kind != "MEASUREMENTS" and random.random() < 0.5:
        text += f" FROM {source()}"
    return text + (" WITH KEY = x" if kind == "TAG VALUES" else "")


def statement():
    return random.choice([select, show])() if random.random() < 0.85 else f"{select()}; {show()}"


PIECES = ['"', "'", "/", "\\", ".", "..", ":", "--", "/*", "*/", "\n", "\r", "\t", " ", ";", ",", "(", ")", "$x", "$",
          "b", " FROM ", " ON ", " INTO ", "1", "1.", "-", "=~", "::", "ö", "\x00", "\u00a0", "SELECT", '"b"', "b.."]


def mutate(text):
    for _ in range(random.randint(1, 3)):
        at = random.randint(0, len(text))
        match random.randint(0, 3):
            case 0:
                text = text[:at] + random.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[at + random.randint(1, 3):]
            case 2:
                end = random.randint(at, len(text))
                text = text[:at] + text[at:end].swapcase() + text[end:]
            case _:
                text = text[:at] + random.choice(PIECES) + text[at + 1:]
    return text


count = int(sys.argv[1])
random.seed(int(sys.argv[2]) if len(sys.argv) > 2 else 21)
texts = set(OWN) | {statement() for _ in range(count)}
if "mutations" in sys.argv[3:]:
    texts = {mutate(random.choice(OWN) if random.random() < 0.3 else statement()) for _ in range(count)}
print(json.dumps(sorted(texts), ensure_ascii=False))
