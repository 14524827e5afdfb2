#!/usr/bin/env python3
"""What a night costs: a small batch of API pages transformed, merged into a large master, and the master measured and drawn.

    tests/.venv/bin/python tests/peers/nightly.py [--messages 10000000] [--batch-mb 20] [--rounds 3] [--folder DIR]

20 MB of pages hold some 20,000 messages and replies. Prints each stage's cost (medians) and its share of the night. `run`
draws the graph from the pass of `metrics`; here `graph` measures nodes and edges once more. 10,000,000 messages need
15 GB in DIR.
"""
import argparse, os, shutil, statistics, tempfile
from pathlib import Path

import merge, pages
from children import Cost, master, release, run

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--messages", type=int, default=10_000_000)
arguments.add_argument("--batch-mb", type=float, default=20)
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--folder", help="where the master is made and kept; a temporary folder, which is removed, by default")
arguments = arguments.parse_args()

program = release() / "slack-analytics"
with tempfile.TemporaryDirectory() as temporary:
    folder = Path(arguments.folder or temporary).absolute()
    os.environ["MERGE_TEMP"] = str(folder / "temporary")
    tables = folder / f"whole-{arguments.messages}"
    merge.whole_master(str(master(folder, arguments.messages)), str(tables))
    home, costs = folder / "night", {}
    for _ in range(arguments.rounds):
        shutil.rmtree(home, ignore_errors=True)
        (home / "master/csv").mkdir(parents=True)
        for table in tables.iterdir():
            os.link(table, home / "master/csv" / table.name)
        batch = home / merge.NEW
        made = pages.make(batch, arguments.batch_mb / 1000)
        for stage in ("transform", "merge", "metrics", "graph"):
            named = [batch.name] if stage in ("transform", "merge") else []
            costs.setdefault(stage, []).append(run([program, "--quiet", "--data", home, stage, *named]))
    shutil.rmtree(home)
    print(f"{made['messages']:,} messages and replies into a master of {arguments.messages:,}, {arguments.rounds} nights")
    median = lambda runs, field: statistics.median(getattr(cost, field) for cost in runs)
    medians = {stage: Cost(*(median(runs, field) for field in ("wall", "cpu", "peak"))) for stage, runs in costs.items()}
    whole = sum(cost.wall for cost in medians.values())
    for stage, cost in medians.items():
        print(f"  {stage:10} {cost}  {100 * cost.wall / whole:4.0f} %")
    print(f"  {'together':10} {whole:8.2f} s")
