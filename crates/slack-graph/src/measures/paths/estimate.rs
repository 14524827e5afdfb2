//! From sums over sources to the measures of all nodes.

use super::{Paths, Sum};

/// The measures and their errors. `sources` are in their order.
pub(super) fn finish(sums: &[Sum], sources: &[u32]) -> Paths {
    let n_nodes = sums.len();
    let mut paths = Paths { sources: sources.len(), ..Paths::default() };
    let mut is_source = vec![false; n_nodes];
    for source in sources {
        is_source[*source as usize] = true;
    }
    for (sum, is_source) in sums.iter().zip(is_source) {
        let (betweenness, error) = betweenness(sum, sources.len() as f64, n_nodes as f64);
        paths.betweenness.push(betweenness);
        paths.betweenness_error.push(error);
        let n_others = sources.len() - usize::from(is_source);
        let (closeness, error) = closeness(sum, n_others as f64, n_nodes as f64 - 1.0);
        paths.closeness.push(closeness);
        paths.closeness_error.push(error);
    }
    paths
}

fn betweenness(sum: &Sum, n_sources: f64, n_nodes: f64) -> (f64, f64) {
    let mean = sum.dependency / n_sources;
    let variance = sum.dependency_square / n_sources - mean * mean;
    let value = if n_sources < n_nodes { mean * n_nodes } else { sum.dependency };
    (value, n_nodes * standard_error(variance, n_sources, n_nodes))
}

/// `n_sources` and `n_nodes` without the node itself.
fn closeness(sum: &Sum, n_sources: f64, n_nodes: f64) -> (f64, f64) {
    // Distances can be 0 where weights are infinite.
    if sum.reached == 0.0 || sum.distance == 0.0 {
        return (0.0, 0.0);
    }
    let value = sum.reached / n_sources * (sum.reached / sum.distance);
    let (reached, distance) = (sum.reached / n_sources, sum.distance / n_sources);
    let by_reached = 2.0 * reached / distance;
    let by_distance = reached / distance * (reached / distance);
    // Where a source does not reach the node, both are 0; so the mean of their product is that of distances.
    let variance = by_reached * by_reached * (reached - reached * reached)
        + by_distance * by_distance * (sum.distance_square / n_sources - distance * distance)
        - 2.0 * by_reached * by_distance * (distance - reached * distance);
    (value, standard_error(variance, n_sources, n_nodes))
}

/// Of a mean, from the variance of a sample that is a large part of all.
fn standard_error(variance: f64, n_sample: f64, n_all: f64) -> f64 {
    if n_sample >= n_all || n_sample < 2.0 {
        return 0.0;
    }
    // Rounding can leave a variance of nothing below 0.
    ((1.0 - n_sample / n_all) * variance.max(0.0) / (n_sample - 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_of_the_formulas() {
        // Of 10 nodes 4 are sources; their dependencies are 0, 1, 2, 5, distances 1, 2, none, itself.
        let sum = Sum {
            dependency: 8.0,
            dependency_square: 30.0,
            reached: 2.0,
            distance: 3.0,
            distance_square: 5.0,
        };
        let (value, error) = betweenness(&sum, 4.0, 10.0);
        let variance: f64 = (4.0 + 1.0 + 0.0 + 9.0) / 3.0;
        assert_eq!(value, 20.0);
        assert!((error - 10.0 * (0.6 * variance / 4.0).sqrt()).abs() < 1e-12, "{error}");

        let (value, error) = closeness(&sum, 3.0, 9.0);
        // x = 2/3, y = 1: what the three sources change is 4/3 - 4/9, 4/3 - 8/9, 0.
        let parts: [f64; 3] = [8.0 / 9.0, 4.0 / 9.0, 0.0];
        let mean = parts.iter().sum::<f64>() / 3.0;
        let variance = parts.iter().map(|part| (part - mean) * (part - mean)).sum::<f64>() / 2.0;
        assert!((value - 4.0 / 9.0).abs() < 1e-12, "{value}");
        assert!((error - ((1.0 - 3.0 / 9.0) * variance / 3.0).sqrt()).abs() < 1e-12, "{error}");
        assert_eq!(betweenness(&sum, 10.0, 10.0), (8.0, 0.0));
    }
}
