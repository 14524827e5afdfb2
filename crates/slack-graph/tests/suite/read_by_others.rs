//! networkx, igraph and others read every format: same nodes, edges, weights, attributes and intervals.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use slack_graph::{
    Edges, Export, Look, NodeValues, SocialGraph, write_dot, write_dynamic_gexf, write_gephi_edges,
    write_gephi_nodes, write_graphml, write_neo4j_edges, write_neo4j_nodes, write_neo4j_script,
    write_node_link, write_static_gexf,
};
use slack_model::rows::MonthlyEdge;
use slack_model::{Folder, Table, TableReader};

const MONTHS: &str = "Source,Target,relate,month,Weight\n\
    U1,C1,interacts,2020-09,7\n\
    U1,U2,reacts,2020-09,5\n\
    U2,U1,interacts,2020-09,5\n";

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn others_read_every_format() {
    let Some(python) = std::env::var_os("SLACK_TEST_PYTHON") else {
        eprintln!("skipped: SLACK_TEST_PYTHON names no python that has networkx and igraph");
        return;
    };
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folder = tempfile::tempdir().expect("a folder");
    for table in ["node_data.csv", "edge_data.csv"] {
        fs::copy(tests.join("gexf/small").join(table), folder.path().join(table)).expect("copied");
    }
    fs::write(folder.path().join("edge_by_month.csv"), MONTHS).expect("written");
    fs::write(folder.path().join("columns.csv"), "Id,core,pagerank\nC1,,0.25\nU1,-3,1e-9\nU2,4,\n")
        .expect("written");
    write_all(folder.path());
    let output = Command::new(python)
        .arg(tests.join("formats_are_read.py"))
        .arg(folder.path())
        .output()
        .expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn write_all(folder: &Path) {
    let source = Folder(folder.into());
    let graph = SocialGraph::read(&source).expect("the tables are readable");
    let months = TableReader::open(&source, &MonthlyEdge::SCHEMA).expect("readable").expect("there");
    let months: Vec<MonthlyEdge> = months.rows().collect::<Result<_, _>>().expect("rows");
    let create = |name: &str| File::create(folder.join(name)).expect("a file");
    let looks = vec![None, Some(Look { x: 1.5, y: -2.25, size: 40.0, color: [0, 114, 178] })];
    let apart = Export::new(&graph)
        .with_column("core", NodeValues::Integer(vec![None, Some(-3), Some(4)]))
        .with_column("pagerank", NodeValues::Float(vec![Some(0.25), Some(1e-9)]))
        .with_looks(looks)
        .with_months(&months);
    let joined = apart.clone().with_edges(Edges::Joined);
    for (name, export) in [("apart", &apart), ("joined", &joined)] {
        let create = |kind: &str| create(&format!("{name}.{kind}"));
        write_static_gexf(export, create("gexf")).expect("written");
        write_graphml(export, create("graphml")).expect("written");
        write_node_link(export, create("json")).expect("written");
        write_dot(export, create("dot")).expect("written");
        write_gephi_nodes(export, create("gephi.nodes.csv")).expect("written");
        write_gephi_edges(export, create("gephi.edges.csv")).expect("written");
        write_neo4j_nodes(export, create("neo4j.nodes.csv")).expect("written");
        write_neo4j_edges(export, create("neo4j.edges.csv")).expect("written");
        write_neo4j_script(export, "file:///nodes.csv", "file:///edges.csv", create("cypher"))
            .expect("written");
    }
    write_dynamic_gexf(&apart.with_edges(Edges::ByRelation), create("dynamic.gexf")).expect("written");
}
