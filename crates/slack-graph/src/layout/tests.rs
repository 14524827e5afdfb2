use super::*;
use crate::community::{CommunityOptions, communities};

fn network(n_nodes: usize, edges: impl IntoIterator<Item = (usize, usize, f64)>) -> Network {
    Network::new((0..n_nodes).map(|node| format!("U{node:05}")).collect(), edges)
}

/// Groups with ten times the ties inside, some small components, some without an edge.
fn groups(n_nodes: usize, n_groups: usize, degree: usize) -> Network {
    let mut random = Random::new(7);
    let connected = n_nodes - n_nodes / 10;
    let mut edges = Vec::new();
    for _ in 0..connected * degree / 2 {
        let source = random.below(connected);
        let target = random.below(connected);
        let target =
            if random.unit() < 0.9 { target - target % n_groups + source % n_groups } else { target };
        edges.push((source, target.min(connected - 1), 1.0 + random.below(4) as f64));
    }
    edges.extend((connected..n_nodes - 3).step_by(3).map(|node| (node, node + 1, 1.0)));
    network(n_nodes, edges)
}

#[test]
fn groups_lie_apart_and_nothing_flies_away() {
    let network = groups(300, 4, 12);
    let found = communities(&network, &CommunityOptions::default());
    for (given, between) in [(found.as_slice(), 0.4), (&[], 1.0)] {
        for (linlog, strong_gravity) in [(false, false), (true, false), (false, true)] {
            let gravity = if strong_gravity { 0.05 } else { 4.0 };
            let options = LayoutOptions {
                rounds: Some(200),
                between,
                linlog,
                strong_gravity,
                gravity,
                ..LayoutOptions::default()
            };
            let positions = layout(&network, given, &options);
            assert!(positions.iter().flatten().all(|along| along.abs() < EXTENT * 1.3));
            // The mean distance inside of a group is less than that between groups.
            let (mut inside, mut across) = ((0.0, 0), (0.0, 0));
            for one in 0..270 {
                for other in 0..one {
                    let distance = (positions[one][0] - positions[other][0])
                        .hypot(positions[one][1] - positions[other][1]);
                    let sum = if one % 4 == other % 4 { &mut inside } else { &mut across };
                    *sum = (sum.0 + distance, sum.1 + 1);
                }
            }
            let (inside, across) = (inside.0 / f64::from(inside.1), across.0 / f64::from(across.1));
            assert!(inside * 1.5 < across, "{linlog} {strong_gravity} {between}: {inside} and {across}");
            // The large component is no speck in the middle.
            let reach =
                positions[..270].iter().flatten().fold(0.0, |reach: f64, along| reach.max(along.abs()));
            assert!(reach > EXTENT * 0.6, "{reach}");
        }
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let network = groups(1_000, 5, 10);
    let of = |threads: usize| {
        let threads = NonZeroUsize::new(threads);
        layout(&network, &[], &LayoutOptions { threads, rounds: Some(10), ..LayoutOptions::default() })
    };
    let alone = of(1);
    assert_eq!(alone, of(2));
    assert_eq!(alone, of(5));
}

#[test]
fn nearly_nothing_is_laid_out_too() {
    let options = LayoutOptions::default();
    assert_eq!(layout(&Network::default(), &[], &options), Vec::<[f64; 2]>::new());
    assert_eq!(layout(&network(1, []), &[], &options), [[0.0; 2]]);
    let pair = layout(&network(2, [(0, 1, 1.0)]), &[0, 0], &options);
    assert!((pair[0][0] - pair[1][0]).hypot(pair[0][1] - pair[1][1]) > 100.0);
}

#[test]
fn circles_do_not_overlap() {
    let network = groups(300, 4, 12);
    let positions = layout(&network, &[], &LayoutOptions { rounds: Some(200), ..LayoutOptions::default() });
    let strengths: Vec<_> = (0..300).map(|node| network.joined().strength(node)).collect();
    let radii = radii(&strengths);
    let overlaps = (0..300).flat_map(|one| (0..one).map(move |other| (one, other))).filter(|(one, other)| {
        let [this, that] = [positions[*one], positions[*other]];
        (this[0] - that[0]).hypot(this[1] - that[1]) < radii[*one] + radii[*other]
    });
    assert_eq!(overlaps.count(), 0);
}

#[test]
fn a_hundred_thousand_without_edges_find_room() {
    let positions = layout(&network(100_000, []), &[], &LayoutOptions::default());
    assert!(positions.iter().flatten().all(|along| along.abs() <= EXTENT * 1.1));
}
