"""Reads graphs, one a line, and answers with the best modularity of ten Leiden runs by igraph, one a line.

A graph is: number of nodes, then source, target and weight of each edge, all separated by blanks.
"""

import random
import sys

import igraph


def best(line: str) -> float:
    n_nodes, *numbers = line.split()
    sources, targets, weights = (numbers[place::3] for place in range(3))
    edges = list(zip(map(int, sources), map(int, targets)))
    graph = igraph.Graph(n=int(n_nodes), edges=edges)
    graph.es["weight"] = [float(weight) for weight in weights]
    found = []
    for seed in range(10):
        random.seed(seed)
        clustering = graph.community_leiden(objective_function="modularity", weights="weight", n_iterations=-1)
        found.append(graph.modularity(clustering.membership, weights="weight"))
    return max(found)


for line in sys.stdin:
    print(best(line))
