#!/usr/bin/env python3
"""The measures that igraph has too: ours (crates/slack-graph/benches/peers.rs) and igraph's (tests/checks/graph_oracle.py
--times), in turn, on the network of a made-up master.

    tests/.venv/bin/python tests/peers/graph.py [--messages 1000000] [--rounds 3] [--threads 2] [--folder DIR]

igraph runs on one thread. Of each measure the least of three times counts. Prints the ratio of the sums, and whether the
values agree.
"""
import argparse, os, re, statistics, subprocess, sys, tempfile
from pathlib import Path

from children import ROOT, master, release, run

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("--messages", type=int, default=1_000_000)
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--folder", help="where the master is made and kept; a temporary folder, which is removed, by default")
arguments = arguments.parse_args()

binaries = release()
subprocess.run(["cargo", "bench", "--locked", "--quiet", "-p", "slack-graph", "--bench", "peers", "--no-run"], cwd=ROOT, check=True)
peers = max((binaries / "deps").glob("peers-*[!.d]"), key=os.path.getmtime)

with tempfile.TemporaryDirectory() as temporary:
    folder = Path(arguments.folder or temporary).absolute()
    tables = master(folder, arguments.messages)
    home = folder / f"home-{arguments.messages}"
    (home / "master").mkdir(parents=True, exist_ok=True)
    if not (home / "master/csv").exists():
        (home / "master/csv").symlink_to(tables)
    run([binaries / "slack-analytics", "--quiet", "--data", home, "graph", "--threads", arguments.threads])
    ratios = []
    for _ in range(arguments.rounds):
        said = subprocess.run([peers, home / "metrics", str(arguments.threads)], check=True, capture_output=True, text=True).stdout
        ours = {name: float(seconds) for name, seconds in re.findall(r"^(\w+) ([\d.]+)$", said, re.M)}
        oracle = [sys.executable, ROOT / "tests/checks/graph_oracle.py", tables, home / "metrics", "--times"]
        said = subprocess.run(oracle, check=True, capture_output=True, text=True).stdout
        theirs = {name: float(seconds) for name, seconds in re.findall(r"'(\w+)': ([\d.]+)", re.search("igraph seconds: .*", said)[0])}
        theirs["all"] = sum(theirs.values())
        ratios.append(ours["all"] / theirs["all"])
        print("ours  ", ours)
        print("igraph", {name: round(seconds, 4) for name, seconds in theirs.items()})
        print(f"ours / igraph: {ratios[-1]:.2f} x", flush=True)
    print(f"median: {statistics.median(ratios):.2f} x; all values agree")
