"""Compares the tables of measures with networkx and igraph.

Usage: tables_agree.py METRICS

METRICS holds network_data, node_data, node_measures and graph_measures, measured exactly.
"""

import csv
import sys

from measures_agree import compare

OF_NODES = [
    "pagerank", "betweenness", "closeness", "weighted_betweenness", "weighted_closeness", "core", "clustering", "hub",
    "authority", "eigenvector", "participation", "within_community_z", "bridged_communities",
]
OF_GRAPH = [
    "transitivity", "density", "reciprocity", "reciprocity_dyadic", "components", "largest_component", "modularity",
]


def table(metrics, name):
    with open(f"{metrics}/{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main(metrics):
    nodes = table(metrics, "node_measures")
    whole = {row["key"]: float(row["value"]) for row in table(metrics, "graph_measures")}
    assert whole["path_sources"] == whole["weighted_path_sources"] == len(nodes), "sampled"
    places = {row["id"]: place for place, row in enumerate(nodes)}
    countries = {row["Id"]: row["iso"] for row in table(metrics, "node_data")}
    numbers = {iso: number for number, iso in enumerate(sorted(set(countries.values())))}
    case = {
        "nodes": len(nodes),
        "edges": [
            [places[row["Source"]], places[row["Target"]], float(row["Weight"])] for row in table(metrics, "network_data")
        ],
        "categories": [numbers[countries[row["id"]]] if countries[row["id"]] else None for row in nodes],
        "communities": [int(row["community"]) for row in nodes],
        "found": {name: [float(row[name]) for row in nodes] for name in OF_NODES}
        | {name: whole[name] for name in OF_GRAPH}
        | {"assortativity": whole.get("assortativity_country")},
    }
    print(f"{len(nodes)} nodes, {len(case['edges'])} edges, {compare(case)} measures agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
