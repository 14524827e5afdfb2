#!/usr/bin/env python3
"""The metrics of made-up masters: ours, DuckDB's (tests/checks/metrics_oracle.py), and the floor, in turn.

    tests/.venv/bin/python tests/peers/metrics.py [--messages 100000,1000000] [--pairs 5] [--threads 2] [--folder DIR]

The floor parses the same input and writes as many bytes, and computes nothing (crates/slack-metrics/benches/floor.rs).
Prints medians of wall time, CPU time and peak memory, and ratios; checks that ours and DuckDB's tables are the same.
10,000,000 messages need 10 GB in DIR.
"""
import argparse, os, subprocess, sys, tempfile
from pathlib import Path

from children import ROOT, compare, in_turn, master, release, run

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--messages", default="100000,1000000")
arguments.add_argument("--pairs", type=int, default=5)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--folder", help="where masters are made and kept; a temporary folder, which is removed, by default")
arguments = arguments.parse_args()

binaries = release()
found = subprocess.run(
    ["cargo", "bench", "--locked", "--quiet", "-p", "slack-metrics", "--bench", "floor", "--no-run", "--message-format", "short"],
    cwd=ROOT, check=True, capture_output=True, text=True,
)
floor = max((binaries / "deps").glob("floor-*[!.d]"), key=os.path.getmtime)

with tempfile.TemporaryDirectory() as temporary:
    folder = Path(arguments.folder or temporary).absolute()
    walls = {}
    for messages in map(int, arguments.messages.split(",")):
        tables = master(folder, messages)
        home = folder / f"home-{messages}"
        (home / "master").mkdir(parents=True, exist_ok=True)
        if not (home / "master/csv").exists():
            (home / "master/csv").symlink_to(tables)
        ours = [binaries / "slack-analytics", "--quiet", "--data", home, "metrics", "--threads", arguments.threads]
        oracle = [sys.executable, ROOT / "tests/checks/metrics_oracle.py", tables, folder / "oracle", "--threads", arguments.threads]
        run(ours)
        written = sum(path.stat().st_size for path in (home / "metrics").glob("*.csv"))
        read = sum(path.stat().st_size for path in tables.glob("*.csv"))
        print(f"{messages:,} messages, {arguments.threads} threads, {read / 1e6:,.0f} MB in, {written / 1e6:,.0f} MB out")
        medians = in_turn(
            {"ours": ours, "DuckDB": oracle, "floor": [floor, tables, folder / "floor", written, arguments.threads]},
            arguments.pairs,
        )
        compare(medians)
        walls[messages] = medians["ours"].wall
        run([*oracle, "--compare", home / "metrics"])
        print("  the tables are the same")
    sizes = sorted(walls)
    for small, large in zip(sizes, sizes[1:]):
        print(f"from {small:,} to {large:,} messages: {walls[large] / walls[small]:.1f} x the time")
