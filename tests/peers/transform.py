"""Compares `slack-analytics transform` with DuckDB's read_json, unnest and COPY of the same columns.

Both read the same made-up pages with the same number of threads, in turn, each in a process of its own. DuckDB
neither sorts, nor removes what is there twice, nor writes message_revision_data and the small tables.

    cargo build --release
    tests/.venv/bin/python tests/peers/transform.py --gb 1 --rounds 5

What share of the machine's raw speed that is, `SLACK_BENCH_BATCH=<batch folder> cargo bench -p slack-model` tells: its
`bare_scan` reads the same pages and scans them as JSON, no more.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import sys
import tempfile

import pages
from children import run

HERE = pathlib.Path(__file__).resolve().parent
MESSAGE = (
    "STRUCT(type VARCHAR, subtype VARCHAR, ts VARCHAR, thread_ts VARCHAR, reply_count BIGINT, reply_users_count BIGINT, "
    "latest_reply VARCHAR, \"user\" VARCHAR, bot_id VARCHAR, username VARCHAR, edited STRUCT(ts VARCHAR), text VARCHAR, "
    "reactions STRUCT(name VARCHAR, users VARCHAR[])[])"
)
SHARED = (
    "channel, m.type AS type, m.subtype AS subtype, m.ts AS ts, m.thread_ts AS thread_ts, "
    "strftime(make_timestamp(CAST(replace(m.ts, '.', '') AS BIGINT)), '%Y-%m-%dT%H:%M:%S.%fZ') AS time"
)
AUTHOR = 'm."user" AS user_id, m.bot_id AS bot_id, m.username AS username, m.edited.ts AS edited_ts, m.text AS text'


def duckdb_tables(batch, out, threads):
    """What DuckDB does, in the process that is measured."""
    import duckdb

    id = batch.name
    seen = f"NULL AS deleted_batch, '{id}' AS first_batch, '{id}' AS last_batch"
    db = duckdb.connect(config={"threads": threads})
    db.execute("SET preserve_insertion_order = false")
    globs = [str(batch / "api" / method / "*" / "*.json") for method in ("conversations.history", "conversations.replies")]
    globs = [pattern for pattern in globs if any(batch.glob(pattern[len(str(batch)) + 1 :]))]
    read = (
        f"SELECT split_part(filename, '/', -2) AS channel, unnest(messages) AS m FROM read_json({globs}, "
        f"columns = {{messages: '{MESSAGE}[]'}}, format = 'unstructured', filename = true, maximum_object_size = 67108864)"
    )
    top_level = "m.thread_ts IS NULL OR m.thread_ts = m.ts OR m.subtype = 'thread_broadcast'"
    copies = {
        "message_data": f"SELECT {SHARED}, m.reply_count AS reply_count, m.reply_users_count AS reply_users_count, "
        f"m.latest_reply AS latest_reply, {AUTHOR}, {seen} FROM pages WHERE {top_level}",
        "thread_data": f"SELECT {SHARED}, {AUTHOR}, {seen} FROM pages WHERE m.thread_ts <> m.ts",
        "reaction_data": "SELECT channel, ts, thread_ts, unnest(r.users) AS user_id, r.name AS reaction, "
        f"'{id}' AS first_batch, '{id}' AS last_batch FROM "
        "(SELECT channel, m.ts AS ts, m.thread_ts AS thread_ts, unnest(m.reactions) AS r FROM pages)",
    }
    if os.environ.get("ONE_TABLE"):
        # The least that DuckDB could be asked for: one scan, one table.
        copies = {"message_data": copies["message_data"].replace("FROM pages", f"FROM ({read})")}
    else:
        db.execute(f"CREATE TEMP TABLE pages AS {read}")
    for table, query in copies.items():
        db.execute(f"COPY ({query}) TO '{out / (table + '.csv')}' (HEADER)")


def rows(path):
    import csv

    with open(path, newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def check(batch, out):
    """The two must have read the same: where no message is there twice, the same number of rows."""
    ours = {table: rows(batch / "csv" / f"{table}.csv") for table in ("message_data", "thread_data", "reaction_data")}
    theirs = {table: rows(out / f"{table}.csv") for table in ours if (out / f"{table}.csv").exists()}
    print("rows, ours:", ours, "DuckDB's, with what is there twice:", theirs)
    for table, count in theirs.items():
        if count < ours[table]:
            sys.exit(f"{table}: {ours[table]} rows, DuckDB has {count}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gb", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-replies", action="store_true", help="history pages alone, no small pages of replies")
    parser.add_argument("--binary", default=str(HERE.parent.parent / "target" / "release" / "slack-analytics"))
    parser.add_argument("--max-memory", help="passed on to transform")
    parser.add_argument("--home", help="a data home with one batch of pages, made before; it is kept")
    parser.add_argument("--only-duckdb", nargs=2, metavar=("BATCH", "OUT"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.only_duckdb:
        return duckdb_tables(*map(pathlib.Path, args.only_duckdb), args.threads)

    home = pathlib.Path(args.home or tempfile.mkdtemp(prefix="transform-"))
    try:
        found = sorted(home.glob("2*"))
        if not found:
            found = [home / "20240101000000"]
            print("pages:", json.dumps(pages.make(found[0], args.gb, with_threads=not args.no_replies)))
        compare(args, home, found[0])
    finally:
        if not args.home:
            shutil.rmtree(home)


def compare(args, home, batch):
    out = home / "duckdb"
    ours = [args.binary, "--quiet", "--data", str(home), "transform", batch.name, "--threads", str(args.threads)]
    if args.max_memory:
        ours += ["--max-memory", args.max_memory]
    theirs = [sys.executable, __file__, "--threads", str(args.threads), "--only-duckdb", str(batch), str(out)]
    contestants = {
        "transform": lambda: run(ours),
        "DuckDB, 3 tables": lambda: run(theirs),
        "DuckDB, 1 table": lambda: run(theirs, {"ONE_TABLE": "1"}),
    }
    results = {name: [] for name in contestants}
    for _ in range(args.rounds):
        for name, contestant in contestants.items():
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            results[name].append(contestant())
            print(f"{name:18} {results[name][-1]}", flush=True)
            if name == "DuckDB, 3 tables" and len(results[name]) == 1:
                check(batch, out)
    print("\nmedian of the rounds' ratios to transform (lowest to highest):")
    for name, runs in results.items():
        if name == "transform":
            continue
        parts = []
        for what in ("wall", "cpu", "peak"):
            ratios = sorted(getattr(theirs, what) / getattr(ours, what) for theirs, ours in zip(runs, results["transform"]))
            parts.append(f"{what} {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
        print(f"{name:18} " + ", ".join(parts))


if __name__ == "__main__":
    main()
