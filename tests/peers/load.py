#!/usr/bin/env python3
"""Loading PostgreSQL: `slack-analytics load` beside psql's \\copy of the same files into the same tables.

    load.py PROGRAM DATA_HOME WORK_DIR [--pairs 3] [--changed 0.01] [--only-ours]

DATA_HOME holds a master and its metrics, such as `slack-analytics run` leaves, or tests/bench/generate_master.py and
`slack-analytics metrics` and `graph`. A private server of default settings (fsync on) is made in WORK_DIR. Each round is
a database each: ours fills an empty schema; psql copies into the tables that an empty load made, their keys, foreign keys
and indexes in place, in one session. Then ours loads the same once more, and a master of which some messages' texts have
changed. The clock is for whole commands. Prints the rows touched (pg_stat_user_tables) and the sizes.
"""
import argparse, csv, glob, os, pwd, shutil, statistics, subprocess, sys, time

from children import run

csv.field_size_limit(1 << 30)

class Server:
    """A private server, run by the account `postgres` where this runs as root."""

    def __init__(self, folder):
        self.folder, self.bin = folder, subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True).stdout.strip()
        if not os.path.exists(f"{self.bin}/initdb"):
            self.bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.prefix = []
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(folder, account.pw_uid, account.pw_gid)
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        self.do("initdb", "-D", f"{folder}/data", "-U", "app", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.do("pg_ctl", "-D", f"{folder}/data", "-w", "-s", "-l", f"{folder}/log", "-o", f"-k {folder} -h ''", "start")

    def do(self, program, *arguments):
        subprocess.run([*self.prefix, f"{self.bin}/{program}", *arguments], check=True, cwd=self.folder,
                       env={**os.environ, "HOME": self.folder}, stdout=subprocess.DEVNULL)

    def stop(self):
        self.do("pg_ctl", "-D", f"{self.folder}/data", "-m", "fast", "-s", "stop")
        shutil.rmtree(self.folder)

    def psql(self, database, query):
        command = ["psql", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "app", database]
        return subprocess.run(command, input=query, check=True, capture_output=True, text=True).stdout.strip()

    def create(self, database):
        self.psql("postgres", f"drop database if exists {database}")
        self.psql("postgres", f"create database {database}")

    def url(self, database):
        return f"postgres://app@{self.folder.replace('/', '%2F')}/{database}"


def files(home):
    order = ["user_data", "channel_data", "usergroup_data"]
    found = {os.path.basename(path)[:-4]: path for path in glob.glob(f"{home}/master/csv/*.csv") + glob.glob(f"{home}/metrics/*.csv")}
    return {table: found[table] for table in order + sorted(set(found) - set(order)) if table in found}


def header(path):
    with open(path, newline="") as file:
        return next(csv.reader(file))


def copies(server, database, home):
    """The commands that copy every file into its table."""
    texts = {}
    for line in server.psql(database, "select table_name, column_name from information_schema.columns"
                            " where table_schema = 'slack' and data_type = 'text' and is_nullable = 'NO'").splitlines():
        table, column = line.split("|")
        texts.setdefault(table, []).append(column)
    known = server.psql(database, "select tablename from pg_tables where schemaname = 'slack'").splitlines()
    lines = []
    for table, path in files(home).items():
        if table not in known:
            continue
        quoted = lambda names: ", ".join(f'"{name}"' for name in names)
        columns = header(path)
        kept = [column for column in columns if column in texts.get(table, [])]
        force = f", force_not_null ({quoted(kept)})" if kept else ""
        empty = [column for column in columns if column not in kept]
        force += f", force_null ({quoted(empty)})" if empty else ""
        lines.append(f"\\copy slack.{table} ({quoted(columns)}) from '{path}' with (format csv, header true{force})")
    return "\n".join(lines)


def changed(home, work, share):
    """A copy of the data home in which so large a share of the messages has another text; their number."""
    out = f"{work}/changed"
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(f"{out}/master")
    shutil.copytree(f"{home}/master/csv", f"{out}/master/csv")
    every, count = round(1 / share), 0
    path = f"{out}/master/csv/message_data.csv"
    with open(f"{home}/master/csv/message_data.csv", newline="") as source, open(path, "w", newline="") as target:
        reader, writer = csv.reader(source), csv.writer(target, lineterminator="\n")
        columns = next(reader)
        writer.writerow(columns)
        text = columns.index("text")
        for number, row in enumerate(reader):
            if number % every == 0:
                row[text] += " (edited)"
                count += 1
            writer.writerow(row)
    return out, count


def touched(server, database):
    time.sleep(1.5)  # the server's counters lag behind
    return server.psql(database, "select sum(n_tup_ins), sum(n_tup_upd), sum(n_tup_del) from pg_stat_user_tables"
                       " where schemaname = 'slack' and relname not like 'load\\_%'")


def size(server, database):
    return int(server.psql(database, "select sum(pg_total_relation_size(oid)) from pg_class where relkind = 'r'"
                           " and relnamespace = 'slack'::regnamespace")) / 1e6


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("program"); parse.add_argument("home"); parse.add_argument("work")
    parse.add_argument("--pairs", type=int, default=3)
    parse.add_argument("--changed", type=float, default=0.01)
    parse.add_argument("--only-ours", action="store_true")
    a = parse.parse_args()
    server = Server(os.path.abspath(f"{a.work}/server"))
    home = os.path.abspath(a.home)
    load = lambda home, database: run([a.program, "--quiet", "--data", home, "load", "--include-private", "--include-dms", "--postgres", server.url(database)])
    costs = {"ours, first": [], "ours, again": [], f"ours, {a.changed:.0%} changed": [], "psql \\copy": []}
    first, again, edited, peer = costs
    other, edits = changed(home, a.work, a.changed)
    os.makedirs(f"{a.work}/empty/master/csv", exist_ok=True)
    try:
        for pair in range(a.pairs):
            server.create("ours")
            costs[first].append(load(home, "ours"))
            if not a.only_ours:
                server.create("theirs")
                load(f"{a.work}/empty", "theirs")
                script = copies(server, "theirs", home)
                with open(f"{a.work}/copy.sql", "w") as file:
                    file.write(script)
                command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.folder, "-U", "app", "-f", f"{a.work}/copy.sql", "theirs"]
                costs[peer].append(run(command))
                print(f"sizes: ours {size(server, 'ours'):.0f} MB, theirs {size(server, 'theirs'):.0f} MB")
            before, bytes_before = touched(server, "ours"), size(server, "ours")
            costs[again].append(load(home, "ours"))
            after, bytes_after = touched(server, "ours"), size(server, "ours")
            print(f"again: rows inserted|updated|deleted {before} -> {after}; {bytes_before:.1f} -> {bytes_after:.1f} MB")
            costs[edited].append(load(other, "ours"))
            print(f"{edits} messages edited: {after} -> {touched(server, 'ours')}")
            sys.stdout.flush()
    finally:
        server.stop()
        shutil.rmtree(f"{a.work}/changed")
    median = lambda runs: statistics.median(cost.wall for cost in runs)
    for name, runs in costs.items():
        if runs:
            ratio = f"{median(runs) / median(costs[peer]):6.2f} of psql's" if costs[peer] else ""
            print(f"{name:24} {median(runs):8.2f} s  {median(runs) / median(costs[first]):6.2f} of the first  {ratio}")
            for cost in runs:
                print(f"    {cost}")


main()
