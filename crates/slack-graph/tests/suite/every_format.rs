//! Whatever a graph holds, every format gives it back to a reader of its own.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use slack_graph::{
    Edges, Export, Look, Network, NodeValues, SocialGraph, write_dot, write_dynamic_gexf, write_gephi_edges,
    write_gephi_nodes, write_graphml, write_neo4j_edges, write_neo4j_nodes, write_neo4j_script,
    write_node_link, write_static_gexf,
};
use slack_model::Time;
use slack_model::rows::{Edge, MonthlyEdge, Node};

use crate::any_texts::{any_text, as_read_back, read_attributes};

/// What a format writes of an export.
macro_rules! written {
    ($write:ident, $export:expr) => {{
        let mut document = Vec::new();
        $write($export, &mut document).expect("a Vec takes everything");
        String::from_utf8(document).expect("UTF-8")
    }};
}

fn node(id: &str, text: &str) -> Node {
    Node {
        id: id.into(),
        label: text.into(),
        kind: "user".into(),
        name: text.into(),
        iso: String::new(),
        country: String::new(),
        city: text.into(),
        channel_type: String::new(),
        channel_class: String::new(),
    }
}

fn edge(source: &str, target: &str, relate: &str, channel: &str, weight: u64) -> Edge {
    Edge {
        source: source.into(),
        target: target.into(),
        kind: "Directed".into(),
        weight,
        relate: relate.into(),
        channel: channel.into(),
        first_time: Time::from_seconds(5),
        last_time: None,
    }
}

/// The rows of a CSV file by their columns.
fn csv_rows(document: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(document.as_bytes());
    reader.deserialize().map(|row| row.expect("as many fields as the header has")).collect()
}

/// The quoted texts of a DOT document, unquoted. Fails where one is not closed.
fn dot_texts(document: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut characters = document.chars();
    while characters.any(|character| character == '"') {
        let mut text = String::new();
        loop {
            match characters.next().expect("a quote that closes the text") {
                '"' => break,
                '\\' => text.push(characters.next().expect("what is escaped")),
                character => text.push(character),
            }
        }
        texts.push(text);
    }
    texts
}

/// The texts inside of GraphML's data elements.
fn data_texts(document: &str) -> Vec<String> {
    let mut reader = Reader::from_str(document);
    let (mut texts, mut text) = (Vec::new(), None);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return texts,
            Event::Start(element) if element.name().as_ref() == "data" => text = Some(String::new()),
            Event::Text(part) => text.iter_mut().for_each(|text| text.push_str(&part)),
            Event::GeneralRef(entity) => {
                let entity = format!("&{};", &*entity);
                let part = quick_xml::escape::unescape(&entity).expect("an entity of XML");
                text.iter_mut().for_each(|text| text.push_str(&part));
            }
            Event::End(_) => texts.extend(text.take()),
            _ => {}
        }
    }
}

fn check_counts(export: &Export<'_>, n_nodes: usize, n_edges: usize) {
    for document in [written!(write_static_gexf, export), written!(write_dynamic_gexf, export)] {
        let found = read_attributes(&document);
        let count = |element: &str| found.iter().filter(|row| row.0 == element && row.1 == "id").count();
        assert_eq!((count("node"), count("edge")), (n_nodes, n_edges));
    }
    let found = read_attributes(&written!(write_graphml, export));
    let count = |element: &str| found.iter().filter(|row| row.0 == element && row.1 == "id").count();
    assert_eq!((count("node"), count("edge")), (n_nodes, n_edges));

    let json: serde_json::Value = serde_json::from_str(&written!(write_node_link, export)).expect("JSON");
    let count = |name: &str| json[name].as_array().map(Vec::len);
    assert_eq!((count("nodes"), count("links")), (Some(n_nodes), Some(n_edges)));

    for (document, expected) in [
        (written!(write_gephi_nodes, export), n_nodes),
        (written!(write_gephi_edges, export), n_edges),
        (written!(write_neo4j_nodes, export), n_nodes),
        (written!(write_neo4j_edges, export), n_edges),
    ] {
        assert_eq!(csv_rows(&document).len(), expected);
    }
    let dot = written!(write_dot, export);
    let n_settings = dot.matches("  graph [").count();
    assert_eq!(dot.lines().count(), n_nodes + n_edges + n_settings + 2);
    assert_eq!(dot.matches(" -> ").count(), n_edges);
    let mut script = Vec::new();
    write_neo4j_script(export, "file:///nodes.csv", "file:///edges.csv", &mut script)
        .expect("a Vec takes everything");
    assert!(String::from_utf8_lossy(&script).contains("REQUIRE n.id IS UNIQUE"));
}

#[test]
fn an_empty_graph_and_one_person() {
    check_counts(&Export::new(&SocialGraph::default()), 0, 0);
    let graph = SocialGraph::from_rows(vec![node("U1", "ann")], vec![]).expect("a graph");
    check_counts(&Export::new(&graph), 1, 0);
    let looks = vec![Some(Look { x: 1.0, y: -2.5, size: 4.0, color: [0, 128, 255] })];
    let export = Export::new(&graph).with_looks(looks);
    check_counts(&export, 1, 0);
    let dot = written!(write_dot, &export);
    let expected = "digraph slack {\n  graph [inputscale=72];\n";
    assert!(dot.starts_with(expected), "neato would read points as inches: {dot}");
}

/// What each format writes of an export's edges.
fn edges_in_every_format(export: &Export<'_>) -> [String; 7] {
    let mut script = Vec::new();
    write_neo4j_script(export, "file:///n.csv", "file:///e.csv", &mut script)
        .expect("a Vec takes everything");
    [
        written!(write_static_gexf, export),
        written!(write_graphml, export),
        written!(write_node_link, export),
        written!(write_dot, export),
        written!(write_gephi_edges, export),
        written!(write_neo4j_edges, export),
        String::from_utf8(script).expect("UTF-8"),
    ]
}

#[test]
fn weights_are_those_that_relations_count_by() {
    let nodes = vec![node("U1", ""), node("U2", "")];
    let edges = [edge("U1", "U2", "reacts", "C1", 3), edge("U1", "U2", "refers", "C1", 4)];
    let graph = SocialGraph::from_rows(nodes, edges).expect("a graph");
    let half = BTreeMap::from([("reacts".to_owned(), 0.5)]);
    let export = Export::new(&graph).with_relations(&half);
    check_counts(&export, 2, 1);
    let expected = [
        "weight=\"1.5\" kind=\"reacts C1\"",
        "for=\"edge\" attr.name=\"weight\" attr.type=\"double\"",
        "\"weight\":1.5,",
        "[weight=1.5,",
        "U1,U2,Directed,1.5,reacts C1,",
        ":TYPE,weight:double,relate,channel,first_time:datetime,last_time:datetime\nU1,U2,REACTS,1.5,",
        "r.weight = toFloat(row.`weight:double`)",
    ];
    for (document, expected) in edges_in_every_format(&export).iter().zip(expected) {
        assert!(document.contains(expected), "{expected}: {document}");
    }
    let month = MonthlyEdge {
        source: "U1".into(),
        target: "U2".into(),
        relate: "reacts".into(),
        month: "1970-01".into(),
        weight: 3,
    };
    let months = [month];
    let document = written!(write_dynamic_gexf, &export.with_edges(Edges::Joined).with_months(&months));
    assert!(document.contains("title=\"month_weight\" type=\"double\""), "{document}");
    assert!(document.contains("for=\"month_weight\" value=\"1.5\""), "{document}");
}

#[test]
fn edges_can_be_those_of_a_network() {
    let nodes = ["C1", "U1", "U2", "U3"].map(|id| node(id, "")).to_vec();
    let acts = [edge("U1", "C1", "interacts", "C1", 9), edge("U3", "U1", "reacts", "C1", 7)];
    let graph = SocialGraph::from_rows(nodes, acts).expect("a graph");
    let ids = ["U1", "U3", "U9"].map(String::from).to_vec();
    let network = Network::new(ids, [(0, 1, 0.25), (1, 0, 2.0), (0, 2, 5.0)]);
    let export = Export::new(&graph).with_network(&network);
    check_counts(&export, 4, 2);
    let edges: Vec<_> = export.edges().map(|edge| (edge.source, edge.target, edge.weight)).collect();
    assert_eq!(edges, [(1, 3, 0.25), (3, 1, 2.0)], "numbers are the graph's, and nobody is U9");
    let expected = [
        "source=\"U1\" target=\"U3\" weight=\"0.25\">",
        "for=\"edge\" attr.name=\"weight\" attr.type=\"double\"",
        "{\"source\":\"U3\",\"target\":\"U1\",\"weight\":2}",
        "\"U3\" -> \"U1\" [weight=2];",
        "Source,Target,Type,Weight,first_time,last_time\nU1,U3,Directed,0.25,,\n",
        "U3,U1,ACTS_ON,2,,\n",
        "r.weight = toFloat(row.`weight:double`)",
    ];
    for (document, expected) in edges_in_every_format(&export).iter().zip(expected) {
        assert!(document.contains(expected), "{expected}: {document}");
    }
}

#[test]
fn a_hundred_thousand_isolates() {
    let nodes = (0..100_000).map(|number| node(&format!("U{number:06}"), "")).collect();
    let graph = SocialGraph::from_rows(nodes, vec![]).expect("a graph");
    check_counts(&Export::new(&graph), 100_000, 0);
}

#[test]
fn ids_that_differ_in_control_characters_stay_apart() {
    let nodes = ["U1", "U\u{1}1", "U1\u{0}"].map(|id| node(id, "")).to_vec();
    let edges = [edge("U1", "U\u{1}1", "r", "C1", 1), edge("U1\u{0}", "U1", "r\u{1}", "C1", 1)];
    let graph = SocialGraph::from_rows(nodes, edges).expect("a graph");
    let found = read_attributes(&written!(write_static_gexf, &Export::new(&graph)));
    let values = |element: &str, name: &str| -> Vec<&str> {
        let wanted = found.iter().filter(|row| row.0 == element && row.1 == name);
        wanted.map(|row| row.2.as_str()).collect()
    };
    assert_eq!(values("node", "id"), ["U1 2", "U1", "U1 3"]);
    assert_eq!(values("edge", "source"), ["U1", "U1 3"]);
    assert_eq!(values("edge", "kind"), ["r C1", "r C1 2"]);
}

#[test]
fn months_are_spells() {
    let mut one = edge("U1", "U2", "reacts", "C1", 3);
    one.last_time = Time::from_seconds(86_400 * 40);
    let nodes = vec![node("U1", ""), node("U2", "")];
    let graph = SocialGraph::from_rows(nodes, [one]).expect("a graph");
    let month = |month: &str, weight| MonthlyEdge {
        source: "U1".into(),
        target: "U2".into(),
        relate: "reacts".into(),
        month: month.into(),
        weight,
    };
    let months = [month("1970-02", 2), month("1970-01", 1)];
    let export = Export::new(&graph).with_edges(Edges::Joined).with_months(&months);
    let document = written!(write_dynamic_gexf, &export);
    let expected = "\
    <attvalue for=\"month_weight\" value=\"1\" \
    start=\"1970-01-01T00:00:05.000000Z\" end=\"1970-01-31T23:59:59.999999Z\"/>
     <attvalue for=\"month_weight\" value=\"2\" \
    start=\"1970-02-01T00:00:00.000000Z\" end=\"1970-02-10T00:00:00.000000Z\"/>
    </attvalues>
    <spells>
     <spell start=\"1970-01-01T00:00:05.000000Z\" end=\"1970-01-31T23:59:59.999999Z\"/>
     <spell start=\"1970-02-01T00:00:00.000000Z\" end=\"1970-02-10T00:00:00.000000Z\"/>
    </spells>
   </edge>";
    assert!(document.contains(expected), "{document}");
    let document = written!(write_dynamic_gexf, &export.with_edges(Edges::Apart));
    assert!(!document.contains("for=\"month_weight\""), "channels are not told apart by month");
}

proptest! {
    #[test]
    fn every_format_gives_texts_back(
        text in any_text(), relate in any_text(), weight in 0..=1u64 << 53, score: f64,
    ) {
        let id = format!("U2{text}");
        let nodes = vec![node("U1", &text), node(&id, &text)];
        let one = edge("U1", &id, &relate, "C1", weight);
        let graph = SocialGraph::from_rows(nodes, [one]).expect("a graph");
        let export = Export::new(&graph)
            .with_column("score", NodeValues::Float(vec![Some(score), None]))
            .with_column(&text, NodeValues::Text(vec![text.clone()]));
        check_counts(&export, 2, 1);
        let (cleaned, clean_id, clean_relate) = (as_read_back(&text), as_read_back(&id), as_read_back(&relate));

        let json: serde_json::Value = serde_json::from_str(&written!(write_node_link, &export)).expect("JSON");
        prop_assert_eq!(&json["nodes"][1]["id"], &id);
        prop_assert_eq!(json["nodes"][0]["label"].as_str(), Some(&*text));
        // serde_json reads numbers fast, not to the last bit, of which the smallest numbers have few.
        let found = json["nodes"][0]["score"].as_f64().expect("a number");
        let error = (score.abs() * 1e-15).max(f64::MIN_POSITIVE);
        prop_assert!((found - score).abs() <= error, "{} is not {}", found, score);
        prop_assert_eq!(json["links"][0]["weight"].as_u64(), Some(weight));
        prop_assert_eq!(&json["links"][0]["target"], &id);
        prop_assert_eq!(json["links"][0]["relate"].as_str().unwrap_or_default(), &relate);

        let rows = csv_rows(&written!(write_gephi_nodes, &export));
        prop_assert_eq!((&rows[1]["Id"], &rows[1]["Label"], &rows[0]["city"]), (&id, &text, &text));
        prop_assert_eq!(rows[0]["score"].parse(), Ok(score));
        let rows = csv_rows(&written!(write_gephi_edges, &export));
        prop_assert_eq!((&rows[0]["Target"], &rows[0]["relate"]), (&id, &relate));
        prop_assert_eq!(&rows[0]["Weight"], &weight.to_string());
        let rows = csv_rows(&written!(write_neo4j_nodes, &export));
        prop_assert_eq!((&rows[1]["id:ID"], &rows[1]["label"]), (&clean_id, &cleaned));
        let rows = csv_rows(&written!(write_neo4j_edges, &export));
        prop_assert_eq!((&rows[0][":END_ID"], &rows[0]["relate"]), (&clean_id, &clean_relate));

        let texts = dot_texts(&written!(write_dot, &export));
        prop_assert_eq!(&texts[1], &cleaned.replace('&', "&amp;"));
        prop_assert!(texts.contains(&clean_id));

        let texts = data_texts(&written!(write_graphml, &export));
        let there = |text: &&str| !text.is_empty();
        let of_node = || [&*cleaned, "user", &*cleaned, &*cleaned].into_iter().filter(there);
        let (score, weight) = (score.to_string(), weight.to_string());
        let of_edge = [&*weight, &*clean_relate, "C1", "1970-01-01T00:00:05.000000Z"].into_iter().filter(there);
        let own = [&*score, &*cleaned].into_iter().filter(there);
        let expected: Vec<_> = of_node().chain(own).chain(of_node()).chain(of_edge).collect();
        prop_assert_eq!(texts, expected);
    }
}
