"""Reads a GEXF file with networkx and compares it with the tables it was made from.

Usage: networkx_reads_gexf.py GEXF NODE_DATA.csv EDGE_DATA.csv
"""

import csv
import sys
from collections import Counter

import networkx

NODE_COLUMNS = ["type", "name", "iso", "country", "city", "channel_type", "channel_class"]
EDGE_COLUMNS = ["relate", "channel", "first_time", "last_time"]


def in_xml(text):
    """The text as an XML attribute can carry it: control characters out, line ends and tabs as spaces."""
    spaced = (" " if character in "\t\n\r" else character for character in text)
    return "".join(
        character
        for character in spaced
        if not (ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0 or character in "\ufffe\uffff")
    )


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [{column: in_xml(value) for column, value in row.items()} for row in csv.DictReader(file)]


def main(gexf, node_data, edge_data):
    graph = networkx.read_gexf(gexf)
    nodes, edges = table(node_data), table(edge_data)
    expected_nodes = {row["Id"]: [row["Label"]] + [row[column] for column in NODE_COLUMNS] for row in nodes}
    found_nodes = {
        node: [data["label"]] + [data.get(column, "") for column in NODE_COLUMNS]
        for node, data in graph.nodes(data=True)
    }
    assert graph.is_directed()
    assert found_nodes == expected_nodes, "the nodes differ"
    assert graph.number_of_edges() == len(edges), (graph.number_of_edges(), len(edges))
    expected_edges = Counter(
        (row["Source"], row["Target"], float(row["Weight"]), *(row[column] for column in EDGE_COLUMNS))
        for row in edges
    )
    found_edges = Counter(
        (source, target, float(data["weight"]), *(data.get(column, "") for column in EDGE_COLUMNS))
        for source, target, data in graph.edges(data=True)
    )
    assert found_edges == expected_edges, "the edges differ"
    print(f"{len(nodes)} nodes, {len(edges)} edges: networkx {networkx.__version__} agrees")


if __name__ == "__main__":
    main(*sys.argv[1:])
