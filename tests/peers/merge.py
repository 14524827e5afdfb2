#!/usr/bin/env python3
"""Merging a batch into a master: `slack-analytics merge` beside the same merge in DuckDB and in polars.

    merge.py PROGRAM MASTER_CSV WORK_DIR [--batch 100000] [--spread 0] [--rounds 3] [--no-polars] [--no-duckdb]

MASTER_CSV is what tests/bench/generate_master.py made (10M messages: --messages 10000000 --users 20000
--channels 1000). The script adds the tables that a real master has (message_revision_data, batch_data, window_data),
and makes a batch: of so many messages and replies a third known, a third edited and a third new, at the end of their
channels, or spread over all of the master with --spread 1; with their reactions, users and channels, and a window for
each channel. Each peer joins every table by its key: newest values, least first_batch, greatest last_batch, sorted,
CSV to CSV, with two threads. Peers know nothing of tombstones, ranks and windows, keep no master safe from a crash,
and do not wait for the disk. All run in turn. Needs `pip install duckdb polars`.
"""
import argparse, os, shutil, sys

from children import run

NEW, OLD = "20260201000000", "20260101000000"
KEYS = {
    "user_data": ["id"], "channel_data": ["id"], "message_data": ["channel", "ts"], "thread_data": ["channel", "ts"],
    "reaction_data": ["channel", "ts", "reaction", "user_id"],
    "message_revision_data": ["channel", "ts", "edited_ts", "text"], "batch_data": ["batch"],
    "window_data": ["channel", "oldest", "latest", "scope", "thread_ts", "batch"],
}
REVISIONS = "channel,ts,edited_ts,batch,text"


def order(keys):
    # Timestamps are sorted as numbers: of equal length, they are as texts.
    return ", ".join(f"length({key}), {key}" if key in ("ts", "edited_ts", "oldest", "latest", "thread_ts") else key for key in keys)


def read(path):
    return (f"read_csv('{path}', all_varchar=true, header=true, quote='\"', escape='\"', nullstr='\\x01NONE',"
            " max_line_size=16000000)")


def connect():
    import duckdb
    db = duckdb.connect()
    db.execute("set threads = 2; set preserve_insertion_order = false")
    db.execute(f"set temp_directory = '{os.environ.get('MERGE_TEMP', '.')}'")
    return db


def duckdb_peer(master, batch, out):
    """The merge in DuckDB."""
    db = connect()
    for table, keys in KEYS.items():
        old, new = f"{master}/{table}.csv", f"{batch}/{table}.csv"
        columns = [row[0] for row in db.execute(f"describe select * from {read(old)}").fetchall()]
        def pick(column):
            if column in keys:
                return column
            if column in ("first_batch", "batch"):
                return f"least(o.{column}, n.{column}) as {column}"
            if column == "last_batch":
                return "greatest(o.last_batch, n.last_batch) as last_batch"
            return f"case when n.{keys[0]} is null then o.{column} else n.{column} end as {column}"
        # A full join keeps null and empty apart, so that an empty new value counts.
        query = f"select {', '.join(map(pick, columns))} from {read(old)} o full join {read(new)} n using ({', '.join(keys)})"
        db.execute(f"copy ({query} order by {order(keys)}) to '{out}/{table}.csv' (header, delimiter ',')")


def polars_peer(master, batch, out):
    """The merge in polars."""
    import polars as pl
    for table, keys in KEYS.items():
        read = lambda path: pl.scan_csv(path, infer_schema=False, empty_string_is_null=False)
        old, new = read(f"{master}/{table}.csv"), read(f"{batch}/{table}.csv")
        columns = old.collect_schema().names()
        joined = old.join(new, on=keys, how="full", coalesce=True, suffix="_new")
        def pick(column):
            if column in keys:
                return pl.col(column)
            pair = (pl.col(column), pl.col(column + "_new"))
            if column in ("first_batch", "batch"):
                return pl.min_horizontal(*pair).alias(column)
            if column == "last_batch":
                return pl.max_horizontal(*pair).alias(column)
            return pl.coalesce(pair[1], pair[0]).alias(column)
        # All timestamps of these masters are of one length, and sort as texts as they do as numbers.
        joined.select([pick(column) for column in columns]).sort(keys).sink_csv(f"{out}/{table}.csv")


def whole_master(source, master):
    """Links the generated tables, and makes those that it lacks."""
    os.makedirs(master, exist_ok=True)
    for name in os.listdir(source):
        if name.endswith(".csv") and not os.path.exists(f"{master}/{name}"):
            os.link(f"{source}/{name}", f"{master}/{name}")
    if not os.path.exists(f"{master}/message_revision_data.csv"):
        rows = " union ".join(f"select channel, ts, edited_ts, '{OLD}' batch, text from {read(f'{master}/{t}_data.csv')}" for t in ("message", "thread"))
        connect().execute(f"copy ({rows} order by channel, ts, edited_ts, text) to '{master}/message_revision_data.csv' (header)")
    write(f"{master}/batch_data.csv", f"batch,source,status,team_id,team_name\n{OLD},api,complete,,\n")
    windows(master, master, OLD)


def windows(master, folder, batch):
    """A window for each channel, from the beginning of the tables' time on."""
    rows = connect().execute(f"select id from {read(f'{master}/channel_data.csv')} order by id").fetchall()
    oldest = "1600000000.000000" if batch == OLD else "1764000000.000000"
    lines = "".join(f"{row[0]},{oldest},1800000000.000000,all,,{batch}\n" for row in rows)
    write(f"{folder}/window_data.csv", "channel,oldest,latest,scope,thread_ts,batch\n" + lines)


def make_batch(master, batch, size, spread):
    """A batch from the master's own rows; see above."""
    os.makedirs(batch, exist_ok=True)
    db, total = connect(), 0
    counts = {t: db.execute(f"select count(*) from {read(f'{master}/{t}.csv')}").fetchone()[0] for t in ("message_data", "thread_data")}
    for table, count in counts.items():
        take = max(3, size * count // sum(counts.values()))
        # One in so many rows, or the newest rows, which are at the ends of channels.
        pick = f"(hash(channel || ts) % {max(1, count // take)}) = 0" if spread else "true"
        newest = f"order by {'hash(ts)' if spread else 'ts desc'}, channel limit {take}"
        columns = [row[0] for row in db.execute(f"describe select * from {read(f'{master}/{table}.csv')}").fetchall()]
        kind = "hash(ts || channel) % 3"
        def value(column):
            if column == "text":
                return f"case when {kind} = 1 then text || ' (edited)' else text end as text"
            if column == "edited_ts":
                return f"case when {kind} = 1 then left(ts, 9) || '9.000900' else edited_ts end as edited_ts"
            if column == "ts":
                # A new message: a microsecond that no other has.
                return f"case when {kind} = 2 then left(ts, 11) || lpad(((right(ts, 6)::int + 500000) % 1000000)::varchar, 6, '0') else ts end as ts"
            return f"'{NEW}' as {column}" if column in ("first_batch", "last_batch") else column
        picked = f"select * from {read(f'{master}/{table}.csv')} where {pick} {newest}"
        rows = f"select {', '.join(map(value, columns))} from ({picked})"
        rows = f"select distinct on (channel, ts) * from ({rows})"
        db.execute(f"copy (select * from ({rows}) order by channel, ts) to '{batch}/{table}.csv' (header)")
        total += db.execute(f"select count(*) from {read(f'{batch}/{table}.csv')}").fetchone()[0]
    both = " union ".join(f"select channel, ts, edited_ts, '{NEW}' batch, text from {read(f'{batch}/{t}_data.csv')}" for t in ("message", "thread"))
    db.execute(f"copy ({both} order by channel, ts, edited_ts, text) to '{batch}/message_revision_data.csv' (header)")
    seen = f"(select channel, ts from {read(f'{batch}/message_data.csv')} union select channel, ts from {read(f'{batch}/thread_data.csv')})"
    for table, where in (("reaction_data", f"semi join {seen} s using (channel, ts)"), ("user_data", ""), ("channel_data", "")):
        rows = f"select * replace ('{NEW}' as first_batch, '{NEW}' as last_batch) from {read(f'{master}/{table}.csv')} {where}"
        db.execute(f"copy ({rows} order by {', '.join(KEYS[table])}) to '{batch}/{table}.csv' (header)")
    write(f"{batch}/batch_data.csv", f"batch,source,status,team_id,team_name\n{NEW},api,complete,,\n")
    windows(master, batch, NEW)
    print(f"master: {counts}; batch: {total} messages and replies", flush=True)


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def same_rows(ours, theirs):
    """Whether the tables that all three write alike are the same: keys and texts."""
    db = connect()
    for table in ("message_data", "thread_data", "reaction_data"):
        keys = KEYS[table]
        columns = ", ".join(keys + [column for column in ("text", "first_batch", "last_batch") if table != "reaction_data" or column != "text"])
        sums = [db.execute(f"select count(*), bit_xor(hash({columns})) from {read(f'{folder}/{table}.csv')}").fetchone() for folder in (ours, theirs)]
        assert sums[0] == sums[1], f"{table}: {sums}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program"), parser.add_argument("master"), parser.add_argument("work")
    parser.add_argument("--batch", type=int, default=100_000), parser.add_argument("--spread", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-polars", action="store_true"), parser.add_argument("--no-duckdb", action="store_true")
    arguments = parser.parse_args()
    work = os.path.abspath(arguments.work)
    os.environ["MERGE_TEMP"] = f"{work}/temporary"
    master, home, out = f"{work}/tables", f"{work}/home", f"{work}/out"
    batch = f"{home}/{NEW}/csv"
    whole_master(os.path.abspath(arguments.master), master)
    shutil.rmtree(home, ignore_errors=True)
    make_batch(master, batch, arguments.batch, arguments.spread)
    peers = {} if arguments.no_duckdb else {"duckdb": duckdb_peer}
    if not arguments.no_polars:
        peers["polars"] = polars_peer
    best = {}
    def note(name, cost):
        print(f"{name:14} {cost}", flush=True)
        best.setdefault(name, []).append((cost.wall, cost.cpu, cost.peak))
    for number in range(arguments.rounds):
        shutil.rmtree(f"{home}/master", ignore_errors=True)
        os.makedirs(f"{home}/master/csv")
        for name in os.listdir(master):
            os.link(f"{master}/{name}", f"{home}/master/csv/{name}")
        merge = [arguments.program, "--data", home, "merge", NEW]
        note("ours", run(merge))
        before = {name: os.stat(f"{home}/master/csv/{name}").st_ino for name in os.listdir(f"{home}/master/csv")}
        note("ours again", run(merge))
        after = {name: os.stat(f"{home}/master/csv/{name}").st_ino for name in os.listdir(f"{home}/master/csv")}
        assert before == after, "merging again wrote something"
        for name in peers:
            shutil.rmtree(out, ignore_errors=True)
            os.makedirs(out)
            code = f"import sys; sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r}); import merge; merge.{name}_peer({master!r}, {batch!r}, {out!r})"
            note(name, run([sys.executable, "-c", code], {"POLARS_MAX_THREADS": "2"}))
            if number == 0:
                same_rows(f"{home}/master/csv", out)
        shutil.rmtree(out, ignore_errors=True)
    ours = [min(result[of] for result in best["ours"]) for of in range(3)]
    for name in peers:
        theirs = [min(result[of] for result in best[name]) for of in range(3)]
        print(f"{name} / ours: wall {theirs[0] / ours[0]:.1f}, CPU {theirs[1] / ours[1]:.1f}, memory {theirs[2] / ours[2]:.1f}")


if __name__ == "__main__":
    main()
