"""Runs commands one after the other, and says what each cost."""
import json, os, statistics, subprocess, sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Cost:
    """What a run cost: seconds on the clock, seconds of all cores, and the most memory at one time, in MB."""

    wall: float
    cpu: float
    peak: float

    def __str__(self):
        return f"{self.wall:8.2f} s {self.cpu:8.2f} s CPU {self.peak:7.0f} MB"


# A process begins with the memory of the one that started it, which counts as its own: so a small one starts it.
STARTER = """
import json, os, subprocess, sys, time
begun = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, usage = os.wait4(child.pid, 0)
print(json.dumps([time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024]))
sys.exit(os.waitstatus_to_exitcode(status) != 0)
"""


def run(command, environment=None):
    """Runs a command, which must succeed, and returns its cost. What it prints is shown only where it fails."""
    command = [str(part) for part in command]
    starter = [sys.executable, "-S", "-c", STARTER, *command]
    ran = subprocess.run(starter, env={**os.environ, **(environment or {})}, capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{ran.stderr}\nfailed")
    return Cost(*json.loads(ran.stdout))


def in_turn(commands, pairs):
    """Runs named commands in turn, `pairs` times after one run of each that is not counted; returns the medians."""
    costs = {name: [] for name in commands}
    for turn in range(pairs + 1):
        for name, command in commands.items():
            cost = run(command)
            if turn > 0:
                costs[name].append(cost)
    median = lambda costs, field: statistics.median(getattr(cost, field) for cost in costs)
    return {name: Cost(*(median(runs, field) for field in ("wall", "cpu", "peak"))) for name, runs in costs.items()}


def compare(medians, ours="ours"):
    """Prints the costs, and how many times ours the others' are."""
    mine = medians[ours]
    for name, cost in medians.items():
        times = "" if name == ours else f"   {cost.wall / mine.wall:5.2f} x wall {cost.cpu / mine.cpu:5.2f} x CPU {cost.peak / mine.peak:5.2f} x memory"
        print(f"  {name:12} {cost}{times}", flush=True)


def release(*arguments):
    """Builds with optimisations."""
    subprocess.run(["cargo", "build", "--locked", "--release", "--quiet", *arguments], cwd=ROOT, check=True)
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release"


def master(folder, messages):
    """Makes a made-up master, unless it is there; returns its tables' folder."""
    tables = Path(folder) / f"master-{messages}"
    if not (tables / "reaction_data.csv").exists():
        users, channels = (20_000, 1_000) if messages >= 5_000_000 else (5_000, 300)
        generator = ROOT / "tests/bench/generate_master.py"
        sizes = ["--messages", messages, "--users", users, "--channels", channels]
        run([sys.executable, generator, tables, *sizes])
    return tables
