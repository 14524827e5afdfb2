//! networkx and igraph find the same measures, on Zachary's karate club (*An information flow model for conflict and
//! fission in small groups*, 1977) and on random networks.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use slack_graph::{
    Lengths, Network, PageRankOptions, PathOptions, assortativity, bridged_communities, clustering,
    components, core_numbers, density, eigenvector, hits, modularity, pagerank, participation, paths,
    reciprocity, within_community_z,
};

#[test]
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn measures_agree_with_those_of_networkx_and_igraph() {
    let Some(python) = std::env::var_os("SLACK_TEST_PYTHON") else {
        eprintln!("skipped: SLACK_TEST_PYTHON names no python that has networkx and igraph");
        return;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("measures_agree");
    std::fs::create_dir_all(&folder).expect("a folder");
    let files: Vec<PathBuf> = cases()
        .into_iter()
        .map(|(name, case)| {
            let file = folder.join(name + ".json");
            std::fs::write(&file, case.measured().to_string()).expect("written");
            file
        })
        .collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/measures_agree.py");
    let output = Command::new(python).arg(script).args(&files).output().expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let n_agreeing = String::from_utf8_lossy(&output.stdout).matches("measures agree").count();
    assert_eq!(n_agreeing, files.len());
}

struct Case {
    network: Network,
    categories: Vec<Option<u32>>,
    communities: Vec<u32>,
}

impl Case {
    /// Nodes, edges, and all that is measured.
    fn measured(&self) -> Value {
        let network = &self.network;
        let mut options = PathOptions::default();
        options.threads = NonZeroUsize::new(2);
        let unit = paths(network, &options);
        options.lengths = Lengths::InverseWeight;
        let weighted = paths(network, &options);
        assert!(unit.is_exact() && weighted.is_exact());
        let (hits, clustering, components) = (hits(network), clustering(network), components(network));
        json!({
            "nodes": network.node_count(),
            "edges": network.edges().collect::<Vec<_>>(),
            "categories": self.categories,
            "communities": self.communities,
            "found": {
                "pagerank": pagerank(network, &PageRankOptions::default()),
                "betweenness": unit.betweenness,
                "closeness": unit.closeness,
                "weighted_betweenness": weighted.betweenness,
                "weighted_closeness": weighted.closeness,
                "core": core_numbers(network),
                "clustering": clustering.local,
                "transitivity": clustering.transitivity,
                "density": density(network),
                "reciprocity": reciprocity(network).edges,
                "reciprocity_dyadic": reciprocity(network).pairs,
                "components": components.count(),
                "largest_component": components.largest(),
                "hub": hits.hub,
                "authority": hits.authority,
                "eigenvector": eigenvector(network),
                "modularity": modularity(network, &self.communities, 1.0),
                "assortativity": assortativity(network, &self.categories),
                "participation": participation(network, &self.communities),
                "within_community_z": within_community_z(network, &self.communities),
                "bridged_communities": bridged_communities(network, &self.communities),
            },
        })
    }
}

fn cases() -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    let mut dice = Dice(1);
    let karate: Vec<_> = include_str!("../karate.csv")
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .filter_map(|(one, other)| Some((one.parse::<usize>().ok()? - 1, other.parse::<usize>().ok()? - 1)))
        .collect();
    assert_eq!(karate.len(), 78);
    let mut case = |name: &str, n_nodes: usize, edges: Vec<(usize, usize, f64)>, dice: &mut Dice| {
        let ids = (0..n_nodes).map(|number| format!("U{number:05}")).collect();
        let categories = (0..n_nodes).map(|_| Some(dice.below(4) as u32).filter(|number| *number < 3));
        let categories = if n_nodes.is_multiple_of(2) {
            categories.collect()
        } else {
            categories.map(|category| category.or(Some(5))).collect()
        };
        let communities = (0..n_nodes).map(|_| dice.below(5) as u32).collect();
        cases.push((name.to_owned(), Case { network: Network::new(ids, edges), categories, communities }));
    };
    let one_way = karate.iter().map(|(one, other)| (*one, *other, 1.0));
    let both_ways = karate.iter().flat_map(|(one, other)| [(*one, *other, 1.0), (*other, *one, 1.0)]);
    case("karate", 34, one_way.collect(), &mut dice);
    case("karate_both_ways", 34, both_ways.collect(), &mut dice);
    case("nobody", 0, Vec::new(), &mut dice);
    case("somebody", 1, Vec::new(), &mut dice);
    // Not fewer: of two nodes and an edge from 1 to 0, igraph 1.0.0 says that 0 is the hub.
    case("three", 3, vec![(1, 0, 0.3), (2, 0, 0.7)], &mut dice);
    case("isolates", 9, Vec::new(), &mut dice);
    for (number, (n_nodes, n_edges)) in
        [(10, 25), (41, 30), (60, 60), (80, 200), (101, 2_000), (250, 600), (300, 3_000), (120, 9_000)]
            .into_iter()
            .enumerate()
    {
        // Among the edges are those from a node to itself, and the same ones twice. The last tenth of nodes has none.
        let random = |dice: &mut Dice, most: usize| {
            let (source, target) = (dice.below(n_nodes * 9 / 10), dice.below(n_nodes * 9 / 10));
            (source, target, (1 + dice.below(most)) as f64)
        };
        let whole: Vec<_> = (0..n_edges).map(|_| random(&mut dice, 9)).collect();
        case(&format!("random_{number}"), n_nodes, whole, &mut dice);
        let quarters = (0..n_edges).map(|_| random(&mut dice, 1_000));
        let quarters: Vec<_> =
            quarters.map(|(source, target, weight)| (source, target, weight / 7.0)).collect();
        case(&format!("fractions_{number}"), n_nodes, quarters, &mut dice);
        let parts = (0..n_edges).map(|_| random(&mut dice, 50));
        let parts = parts.filter(|(source, target, _)| source % 3 == target % 3).collect();
        case(&format!("parts_{number}"), n_nodes, parts, &mut dice);
    }
    cases
}

/// Splitmix64, so that each run compares the same networks.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % end as u64) as usize
    }
}
