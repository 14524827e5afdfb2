//! Where components and nodes find room.

use std::f64::consts::TAU;

use super::EXTENT;

/// How much of the picture all circles cover, at the most.
const COVERED: f64 = 0.06;
/// How often nodes make room at the most.
const MOST_ROUNDS: usize = 150;

/// Returns the radius of each node's circle in a layout: areas are in proportion to the values, but for very small
/// and very large ones.
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
    // What is full, the ring's middle, and what it will have filled.
    let mut inner = reach(first);
    let (mut ring, mut outer) = (0.0, inner);
    let mut rings: Vec<(f64, Vec<(usize, f64)>)> = Vec::new();
    let mut turn = TAU;
    for (place, component) in others.iter().enumerate() {
        let reach = reach(component);
        let mut part = 2.0 * (reach / ring).min(1.0).asin();
        if turn + part > TAU || ring - reach < inner {
            inner = outer;
            ring = inner + reach;
            part = 2.0 * (reach / ring).min(1.0).asin();
            turn = 0.0;
            rings.push((ring, Vec::new()));
        }
        outer = outer.max(ring + reach);
        turn += part;
        if let Some((_, members)) = rings.last_mut() {
            members.push((place, part));
        }
    }
    for (ring, members) in rings {
        // Where there is room left, it is shared.
        let spread = TAU / members.iter().map(|(_, part)| part).sum::<f64>();
        let mut turn = 0.0;
        for (place, part) in members {
            let middle = turn + part * spread / 2.0;
            turn += part * spread;
            for position in &mut others[place] {
                *position = [position[0] + middle.cos() * ring, position[1] + middle.sin() * ring];
            }
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
    let direction = if distance > wanted * 0.02 {
        away.map(|along| along / distance)
    } else {
        // In the same place, or nearly: any direction, another for each.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_find_room_around_the_first() {
        let pair = vec![[-1.0, 0.0], [1.0, 0.0]];
        let mut components = vec![vec![[-9.0, 0.0], [9.0, 0.0], [0.0, 9.0]]];
        components.extend(std::iter::repeat_n(pair, 30));
        components.extend(std::iter::repeat_n(vec![[0.0; 2]], 300));
        let packed = pack(components);
        let centers: Vec<_> = packed
            .iter()
            .enumerate()
            .map(|(place, component)| match component.as_slice() {
                [one, other] => ([(one[0] + other[0]) / 2.0, (one[1] + other[1]) / 2.0], 1.6),
                _ => (if place == 0 { [0.0; 2] } else { component[0] }, if place == 0 { 9.6 } else { 0.6 }),
            })
            .collect();
        for (place, (one, reach)) in centers.iter().enumerate() {
            assert!(one[0].hypot(one[1]) < 20.0, "{one:?} is far away");
            for (other, other_reach) in &centers[..place] {
                assert!((one[0] - other[0]).hypot(one[1] - other[1]) > reach + other_reach - 1e-9);
            }
        }
    }

    #[test]
    fn circles_in_one_place_come_apart() {
        let mut positions = vec![[5.0, 5.0]; 20];
        let radii: Vec<_> = (1..=20).map(f64::from).collect();
        separate(&mut positions, &radii);
        for one in 0..20 {
            for other in 0..one {
                let away = [0, 1].map(|axis: usize| positions[one][axis] - positions[other][axis]);
                assert!(away[0].hypot(away[1]) >= radii[one] + radii[other]);
            }
        }
    }
}
