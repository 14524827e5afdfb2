//! Where components and nodes find room.

use std::f64::consts::TAU;

use super::EXTENT;

/// How much of the picture all circles cover, at the most.
const COVERED: f64 = 0.06;
/// How often nodes make room at the most.
const MOST_ROUNDS: usize = 80;

/// Returns the radius of each node's circle in a layout: areas are in proportion to the values, but for very small and very
/// large ones.
pub fn radii(values: &[f64]) -> Vec<f64> {
    let all: f64 = values.iter().sum();
    let square = 4.0 * EXTENT * EXTENT * COVERED / std::f64::consts::PI;
    let mean = (square / values.len().max(1) as f64).sqrt().min(40.0);
    let share = |value: f64| if all > 0.0 { value / all * values.len() as f64 } else { 1.0 };
    values
        .iter()
        .map(|value| (mean * share(*value).sqrt()).clamp(mean * 0.4, (mean * 4.0).min(60.0)))
        .collect()
}

/// Sets components around the first, in rings. Each is laid out around 0; so are those that are returned.
pub(super) fn pack(mut components: Vec<Vec<[f64; 2]>>) -> Vec<Vec<[f64; 2]>> {
    const GAP: f64 = 0.6;
    let reach = |component: &Vec<[f64; 2]>| {
        component.iter().map(|position| position[0].hypot(position[1])).fold(0.0, f64::max) + GAP
    };
    let Some((first, others)) = components.split_first_mut() else { return components };
    let mut inner = reach(first);
    let mut ring = 0.0;
    let mut turn = f64::INFINITY;
    for component in others {
        let reach = reach(component);
        let mut part = 2.0 * (reach / ring).min(1.0).asin();
        // The first of a ring is the largest, for they come in the order of their sizes, or nearly.
        if !(turn + part <= TAU) || ring < inner + reach {
            if turn.is_finite() && turn > 0.0 {
                inner = inner.max(ring + GAP);
            }
            ring = inner + reach;
            inner = ring + reach;
            part = 2.0 * (reach / ring).min(1.0).asin();
            turn = 0.0;
        }
        let at = [(turn + part / 2.0).cos() * ring, (turn + part / 2.0).sin() * ring];
        turn += part;
        for position in component {
            *position = [position[0] + at[0], position[1] + at[1]];
        }
    }
    components
}

/// Moves and scales positions into the square of [`EXTENT`].
pub(super) fn fit(positions: &mut [[f64; 2]]) {
    for axis in [0, 1] {
        let low = positions.iter().map(|position| position[axis]).fold(f64::INFINITY, f64::min);
        let high = positions.iter().map(|position| position[axis]).fold(f64::NEG_INFINITY, f64::max);
        for position in &mut *positions {
            position[axis] -= (low + high) / 2.0;
        }
    }
    let reach = positions.iter().flatten().fold(0.0, |reach: f64, along| reach.max(along.abs()));
    if reach > 0.0 {
        positions.iter_mut().flatten().for_each(|along| *along *= EXTENT / reach);
    }
}

/// Moves circles apart that overlap: each in turn pushes those that are no larger, the smaller ones move more.
pub fn separate(positions: &mut [[f64; 2]], radii: &[f64]) {
    let mean = radii.iter().sum::<f64>() / radii.len().max(1) as f64;
    let side = (mean * 4.0).max(1e-9);
    let cell = |along: f64| (along / side).floor() as i64;
    for _ in 0..MOST_ROUNDS {
        let mut grid: Vec<_> = positions
            .iter()
            .zip(0usize..)
            .map(|(position, node)| (cell(position[1]), cell(position[0]), node))
            .collect();
        grid.sort_unstable();
        let mut is_changed = false;
        for (_, _, node) in &grid {
            let (node, reach) = (*node, radii[*node] * 2.0);
            let [x, y] = positions[node];
            for row in cell(y - reach)..=cell(y + reach) {
                let from = grid.partition_point(|entry| (entry.0, entry.1) < (row, cell(x - reach)));
                let until = (row, cell(x + reach));
                for (_, _, other) in grid[from..].iter().take_while(|entry| (entry.0, entry.1) <= until) {
                    let is_turn = (radii[*other], *other) < (radii[node], node);
                    is_changed |= is_turn && push(positions, radii, node, *other);
                }
            }
        }
        if !is_changed {
            break;
        }
    }
}

/// Moves two circles apart if they overlap.
fn push(positions: &mut [[f64; 2]], radii: &[f64], one: usize, other: usize) -> bool {
    let away = [0, 1].map(|axis| positions[other][axis] - positions[one][axis]);
    let (distance, wanted) = (away[0].hypot(away[1]), (radii[one] + radii[other]) * 1.05);
    if distance >= wanted * 0.98 {
        return false;
    }
    let direction = if distance > 1e-9 {
        away.map(|along| along / distance)
    } else {
        // In the same place: any direction, another for each.
        let turn = other as f64 * 2.4;
        [turn.cos(), turn.sin()]
    };
    let (area, other_area) = (radii[one].powi(2), radii[other].powi(2));
    let part = other_area / (area + other_area);
    for axis in [0, 1] {
        positions[one][axis] -= direction[axis] * (wanted - distance) * part;
        positions[other][axis] += direction[axis] * (wanted - distance) * (1.0 - part);
    }
    true
}
