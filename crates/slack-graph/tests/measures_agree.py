"""Compares measures with those of networkx and igraph.

Usage: measures_agree.py CASE...

A case is a JSON file: `nodes`, `edges` as [source, target, weight], `categories`, `communities`, and under `found` what
was measured: a list for each measure of nodes, a number (or null) for each of the whole.
"""

import json
import math
import sys
from collections import defaultdict

import igraph
import networkx

# What networkx.pagerank does too, but without scipy.
from networkx.algorithms.link_analysis.pagerank_alg import _pagerank_python


def of_igraph(n, edges):
    graph = igraph.Graph(n=n, edges=[edge[:2] for edge in edges], directed=True)
    graph.es["weight"] = [edge[2] for edge in edges]
    return graph, graph.as_undirected(combine_edges="sum")


def of_networkx(n, edges):
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(n))
    graph.add_weighted_edges_from(edges)
    for _, _, data in graph.edges(data=True):
        data["length"] = 1 / data["weight"]
    joined = networkx.Graph()
    joined.add_nodes_from(range(n))
    for source, target, weight in edges:
        before = joined.get_edge_data(source, target, {"weight": 0})["weight"]
        joined.add_edge(source, target, weight=before + weight)
    return graph, joined


def by_node(values):
    return [values[node] for node in range(len(values))]


def expected(case):
    """Each measure, as often as somebody else has it: (name, values, tolerance of the largest value)."""
    n, edges = case["nodes"], case["edges"]
    graph, joined = of_networkx(n, edges)
    other, other_joined = of_igraph(n, edges)
    lengths = [1 / weight for weight in other.es["weight"]]
    strict = 1e-9
    yield "pagerank", other.pagerank(weights="weight"), strict
    yield "pagerank", by_node(_pagerank_python(graph, tol=1e-15, max_iter=10_000)), strict
    yield "betweenness", other.betweenness(), strict
    yield "betweenness", by_node(networkx.betweenness_centrality(graph, normalized=False)), strict
    yield "weighted_betweenness", other.betweenness(weights=lengths), strict
    yield "closeness", by_node(networkx.closeness_centrality(graph)), strict
    yield "weighted_closeness", by_node(networkx.closeness_centrality(graph, distance="length")), strict
    for name, weights in ("closeness", None), ("weighted_closeness", lengths):
        reach = [size - 1 for size in other.neighborhood_size(order=n, mode="in")]
        means = other.closeness(mode="in", normalized=True, weights=weights)
        values = [mean * reached / (n - 1) if reached else 0 for mean, reached in zip(means, reach)]
        yield name, values, strict
    yield "core", other_joined.coreness(), 0
    yield "core", by_node(networkx.core_number(joined)), 0
    yield "clustering", other_joined.transitivity_local_undirected(mode="zero"), strict
    yield "clustering", by_node(networkx.clustering(joined)), strict
    yield "transitivity", other_joined.transitivity_undirected(mode="zero"), strict
    yield "transitivity", networkx.transitivity(joined), strict
    yield "density", networkx.density(graph), strict
    yield "reciprocity", networkx.overall_reciprocity(graph) if edges else 0, strict
    yield "reciprocity", other.reciprocity() if edges else 0, strict
    yield "reciprocity_dyadic", other.reciprocity(mode="ratio") if edges else 0, strict
    components = list(networkx.weakly_connected_components(graph))
    yield "components", len(components), 0
    yield "largest_component", max(map(len, components), default=0), 0
    yield "hub", other.hub_score(weights="weight") if edges else [0] * n, strict
    yield "authority", other.authority_score(weights="weight") if edges else [0] * n, strict
    yield "eigenvector", other_joined.eigenvector_centrality(weights="weight") if edges else [0] * n, strict
    communities = case["communities"]
    yield "modularity", other_joined.modularity(communities, weights="weight") if edges else 0, strict
    if edges:
        sets = defaultdict(set)
        for node, community in enumerate(communities):
            sets[community].add(node)
        yield "modularity", networkx.community.modularity(joined, sets.values()), strict
    yield from assortativity(case, graph, other)
    yield from roles(n, joined, communities)


def assortativity(case, graph, other):
    categories = case["categories"]
    networkx.set_node_attributes(graph, dict(enumerate(categories)), "category")
    known = [node for node, category in enumerate(categories) if category is not None]
    part = graph.subgraph(known)
    if part.number_of_edges() and len({categories[end] for edge in part.edges() for end in edge}) > 1:
        yield "assortativity", networkx.attribute_assortativity_coefficient(part, "category"), 1e-9
        of_igraph = other.induced_subgraph(known).assortativity_nominal([categories[node] for node in known])
        yield "assortativity", of_igraph, 1e-9
    else:
        yield "assortativity", None, 0


def roles(n, joined, communities):
    """As Guimera and Amaral write it."""
    ties = [defaultdict(float) for _ in range(n)]
    for one, other, weight in joined.edges(data="weight"):
        ties[one][communities[other]] += weight
        ties[other][communities[one]] += weight
    yield "participation", [
        1 - sum((tie / sum(tied.values())) ** 2 for tie in tied.values()) if tied else 0 for tied in ties
    ], 1e-9
    scores = []
    for node in range(n):
        own = communities[node]
        inside = [ties[other][own] for other in range(n) if communities[other] == own]
        mean = sum(inside) / len(inside)
        deviation = math.sqrt(sum((value - mean) ** 2 for value in inside) / len(inside))
        scores.append((ties[node][own] - mean) / deviation if deviation > 1e-12 * mean else 0)
    yield "within_community_z", scores, 1e-9
    bridged = [len({key for key, tie in tied.items() if tie} - {communities[node]}) for node, tied in enumerate(ties)]
    yield "bridged_communities", bridged, 0


def compare(case):
    compared = set()
    for name, want, tolerance in expected(case):
        found = case["found"][name]
        compared.add(name)
        assert (found is None) == (want is None), (name, found, want)
        if want is None:
            continue
        wants, founds = (want, found) if isinstance(want, list) else ([want], [found])
        assert len(wants) == len(founds), (name, len(wants), len(founds))
        for place, (want, found) in enumerate(zip(wants, founds)):
            allowed = tolerance * max(abs(want), max(map(abs, wants)) * (name in EIGENVECTORS), 1e-6)
            assert abs(found - want) <= allowed, f"{name} at {place}: {found}, expected {want}"
    assert compared == case["found"].keys(), compared ^ case["found"].keys()
    return len(compared)


# Of those only the largest entries are sure to nine places.
EIGENVECTORS = {"hub", "authority", "eigenvector"}


def main(*paths):
    for path in paths:
        with open(path, encoding="utf-8") as file:
            case = json.load(file)
        try:
            n_compared = compare(case)
        except AssertionError as error:
            raise AssertionError(f"{path}: {case['nodes']} nodes, {len(case['edges'])} edges: {error}") from None
        print(f"{path}: {case['nodes']} nodes, {len(case['edges'])} edges, {n_compared} measures agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
