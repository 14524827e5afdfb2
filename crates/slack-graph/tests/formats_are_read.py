"""Reads every file format with programs that others wrote, and compares them with the tables they were made from.

Usage: formats_are_read.py FOLDER

The folder holds node_data.csv, edge_data.csv, edge_by_month.csv and columns.csv (Id and further columns of nodes); and
apart.* and joined.* in each format, and dynamic.gexf with the edges of a relation joined.
"""

import csv
import json
import sys
import xml.etree.ElementTree
from collections import Counter, defaultdict
from pathlib import Path

import igraph
import networkx
from networkx_reads_gexf import EDGE_COLUMNS, NODE_COLUMNS, in_xml


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def joined(edges, key):
    """The edges of one key as one, as (key, weight, first time, last time)."""
    groups = defaultdict(list)
    for edge in edges:
        groups[tuple(edge[column] for column in key)].append(edge)
    for key, group in groups.items():
        first = min((edge["first_time"] for edge in group if edge["first_time"]), default="")
        last = max((edge["last_time"] for edge in group if edge["last_time"]), default="")
        yield key, sum(int(edge["Weight"]) for edge in group), first, last


class Expected:
    """What a file should hold; `clean` is what its format makes of texts."""

    def __init__(self, folder, clean):
        further = {row.pop("Id"): row for row in table(folder / "columns.csv")}
        self.columns = NODE_COLUMNS + list(next(iter(further.values())))
        self.nodes = {}
        for row in table(folder / "node_data.csv"):
            values = {column: clean(row[column]) for column in NODE_COLUMNS} | {
                column: float(value) if value else "" for column, value in further.get(row["Id"], {}).items()
            }
            self.nodes[row["Id"]] = (clean(row["Label"]), tuple(values.get(column, "") for column in self.columns))
        edges = table(folder / "edge_data.csv")
        self.apart = Counter(
            (row["Source"], row["Target"], int(row["Weight"]), *(clean(row[column]) for column in EDGE_COLUMNS))
            for row in edges
        )
        self.joined = Counter(
            (*key, weight, "", "", first, last) for key, weight, first, last in joined(edges, ["Source", "Target"])
        )

    def check(self, graph, is_joined, what):
        nodes = {
            node: (data.get("label", ""), tuple(data.get(column, "") for column in self.columns))
            for node, data in graph.nodes(data=True)
        }
        assert nodes == self.nodes, f"{what}: the nodes differ:\n{nodes}\n{self.nodes}"
        edges = Counter(
            (source, target, data["weight"], *(data.get(column, "") for column in EDGE_COLUMNS))
            for source, target, data in graph.edges(data=True)
        )
        wanted = self.joined if is_joined else self.apart
        assert edges == wanted, f"{what}: the edges differ:\n{edges}\n{wanted}"
        assert graph.is_directed(), what


def check_static(folder):
    in_markup, as_it_is = Expected(folder, in_xml), Expected(folder, str)
    for name in ["apart", "joined"]:
        is_joined = name == "joined"
        in_markup.check(networkx.read_gexf(folder / f"{name}.gexf"), is_joined, "GEXF")
        in_markup.check(networkx.read_graphml(folder / f"{name}.graphml"), is_joined, "GraphML")
        data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        graph = networkx.node_link_graph(data, edges="links")
        assert graph.is_multigraph() != is_joined
        as_it_is.check(graph, is_joined, "JSON")

        wanted = as_it_is.joined if is_joined else as_it_is.apart
        graph = igraph.Graph.Read_GraphML(str(folder / f"{name}.graphml"))
        assert (graph.vcount(), graph.ecount()) == (len(as_it_is.nodes), wanted.total())
        ids = graph.vs["id"]
        found = Counter((ids[edge.source], ids[edge.target], edge["weight"]) for edge in graph.es)
        assert found == Counter(edge[:3] for edge in wanted.elements()), "igraph"

        rows = table(folder / f"{name}.gephi.edges.csv")
        found = Counter(
            (row["Source"], row["Target"], int(row["Weight"]), *(row.get(column, "") for column in EDGE_COLUMNS))
            for row in rows
        )
        assert found == wanted, "Gephi"
        rows = table(folder / f"{name}.neo4j.edges.csv")
        columns = ["relate", "channel", "first_time:datetime", "last_time:datetime"]
        found = Counter(
            (row[":START_ID"], row[":END_ID"], int(row["weight:long"]), *(row.get(column, "") for column in columns))
            for row in rows
        )
        assert found == (in_markup.joined if is_joined else in_markup.apart), "Neo4j"
    found = {row["id:ID"]: row["label"] for row in table(folder / "apart.neo4j.nodes.csv")}
    assert found == {node: label for node, (label, _) in in_markup.nodes.items()}
    found = {row["Id"]: row["Label"] for row in table(folder / "apart.gephi.nodes.csv")}
    assert found == {node: label for node, (label, _) in as_it_is.nodes.items()}


def check_looks(folder):
    data = networkx.read_gexf(folder / "apart.gexf").nodes["U1"]["viz"]
    assert data == {
        "color": {"r": 0, "g": 114, "b": 178, "a": 1.0},
        "size": 40.0,
        "position": {"x": 1.5, "y": -2.25, "z": 0.0},
    }, data


def check_dynamic(folder):
    graph = networkx.read_gexf(folder / "dynamic.gexf")
    edges = table(folder / "edge_data.csv")
    months = defaultdict(list)
    for row in table(folder / "edge_by_month.csv"):
        months[row["Source"], row["Target"], row["relate"]].append((row["month"], int(row["Weight"])))
    found = {(source, target, data["relate"]): data for source, target, data in graph.edges(data=True)}
    wanted = list(joined(edges, ["Source", "Target", "relate"]))
    assert graph.number_of_edges() == len(wanted) == len(found)
    activity = defaultdict(list)
    for key, weight, first, last in wanted:
        data, spells = found[key], found[key].get("spells", [])
        assert data["weight"] == weight
        assert (data.get("first_time", ""), data.get("last_time", "")) == (first, last)
        for node in key[:2]:
            activity[node].append((first, last))
        if first:
            assert (spells[0][0], spells[-1][1]) == (first, last), (key, spells)
        assert all(start <= end for start, end in spells)
        weights = data.get("month_weight", [])
        assert [value for value, _, _ in weights] == [weight for _, weight in sorted(months[key])], key
        if weights:
            assert spells == [(start, end) for _, start, end in weights]
    for node, times in activity.items():
        spells = graph.nodes[node].get("spells", [])
        if all(first for first, _ in times):
            assert spells == [(min(first for first, _ in times), max(last for _, last in times))], node
        else:
            assert spells == [], node


def check_order(folder):
    """The order of children that GEXF 1.3 shows in its primer, and what refers to something finds it."""
    names = {"attvalues": 0, "spells": 1, "color": 2, "position": 3, "size": 4}
    for name in ["apart", "joined", "dynamic"]:
        root = xml.etree.ElementTree.parse(folder / f"{name}.gexf").getroot()
        gexf = "{http://gexf.net/1.3}"
        for kind in ["node", "edge"]:
            elements = list(root.iter(gexf + kind))
            ids = [element.get("id") for element in elements]
            assert len(set(ids)) == len(ids)
            attributes = root.findall(f"{gexf}graph/{gexf}attributes[@class='{kind}']/{gexf}attribute")
            declared = {attribute.get("id") for attribute in attributes}
            for element in elements:
                places = [names[child.tag.split("}")[1]] for child in element]
                assert places == sorted(set(places))
                used = {value.get("for") for value in element.iter(gexf + "attvalue")}
                assert used <= declared, used - declared
        kinds = Counter((edge.get("source"), edge.get("target"), edge.get("kind")) for edge in root.iter(gexf + "edge"))
        assert not kinds or max(kinds.values()) == 1


def main(folder):
    folder = Path(folder)
    check_static(folder)
    check_looks(folder)
    check_dynamic(folder)
    check_order(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
