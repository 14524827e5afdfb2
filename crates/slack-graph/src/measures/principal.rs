//! The principal eigenvector of a symmetric matrix without negative entries.

/// Vectors of a round: enough that few rounds are needed.
const BASIS: usize = 24;
const MOST_ROUNDS: usize = 200;
/// How far the matrix times the vector is from the eigenvalue times the vector, by the eigenvalue.
const TOLERANCE: f64 = 1e-14;

/// Returns an eigenvector to the largest eigenvalue, of length 1 and without negative entries; all 0 where all that is
/// made of the beginning is. `multiply` puts the matrix times a vector into another.
///
/// By the method of Lanczos, restarted: it converges as well where the two largest eigenvalues are close to each other,
/// or as large with another sign, as in a bipartite graph. If there are several such eigenvectors, the one that is
/// nearest to the beginning. (Golub and Van Loan, *Matrix Computations*, 2013, chapter 10.)
pub(super) fn principal(begin: Vec<f64>, mut multiply: impl FnMut(&[f64], &mut [f64])) -> Vec<f64> {
    let mut vector = begin;
    if !normalize(&mut vector) {
        return vec![0.0; vector.len()];
    }
    let mut product = vec![0.0; vector.len()];
    for _ in 0..MOST_ROUNDS {
        let mut basis = vec![vector];
        let (mut diagonal, mut beside) = (Vec::new(), Vec::new());
        while let Some(last) = basis.last() {
            multiply(last, &mut product);
            diagonal.push(dot(last, &product));
            // Twice, for after once rounding leaves something that grows.
            for _ in 0..2 {
                for other in &basis {
                    let part = dot(other, &product);
                    product.iter_mut().zip(other).for_each(|(to, other)| *to -= part * other);
                }
            }
            let length = dot(&product, &product).sqrt();
            beside.push(length);
            let largest = diagonal.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            if basis.len() == BASIS || length <= f64::EPSILON * largest || largest == 0.0 {
                break;
            }
            basis.push(product.iter().map(|value| value / length).collect());
        }
        let (value, factors) = largest_of_tridiagonal(&diagonal, &beside);
        vector = vec![0.0; product.len()];
        for (factor, other) in factors.iter().zip(&basis) {
            vector.iter_mut().zip(other).for_each(|(to, other)| *to += factor * other);
        }
        let off = beside.last().zip(factors.last()).map_or(0.0, |(length, factor)| (length * factor).abs());
        if !normalize(&mut vector) || off <= TOLERANCE * value.abs() {
            break;
        }
    }
    // What is below 0 is rounding; the sign of the whole is free.
    let sign = if vector.iter().sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    vector.into_iter().map(|value| (sign * value).max(0.0)).collect()
}

/// Multiplies a vector so that its largest entry is 1, if it is above 0.
pub(super) fn to_largest(mut vector: Vec<f64>) -> Vec<f64> {
    let largest = vector.iter().copied().fold(0.0, f64::max);
    if largest > 0.0 {
        vector.iter_mut().for_each(|value| *value /= largest);
    }
    vector
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

fn normalize(vector: &mut [f64]) -> bool {
    let length = dot(vector, vector).sqrt();
    let is_some = length > 0.0 && length.is_finite();
    if is_some {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    is_some
}

/// The largest eigenvalue and its eigenvector of a symmetric matrix that has entries on its diagonal and beside it, by
/// Jacobi's rotations: the matrix is small.
fn largest_of_tridiagonal(diagonal: &[f64], beside: &[f64]) -> (f64, Vec<f64>) {
    let size = diagonal.len();
    let mut matrix = vec![vec![0.0; size]; size];
    let mut vectors = matrix.clone();
    for at in 0..size {
        matrix[at][at] = diagonal[at];
        vectors[at][at] = 1.0;
        if at + 1 < size {
            matrix[at][at + 1] = beside[at];
            matrix[at + 1][at] = beside[at];
        }
    }
    let norm: f64 = matrix.iter().flatten().map(|value| value * value).sum();
    for _ in 0..60 {
        let mut off = 0.0;
        for one in 0..size {
            for other in one + 1..size {
                off += matrix[one][other] * matrix[one][other];
                rotate(&mut matrix, &mut vectors, one, other);
            }
        }
        if off <= 1e-34 * norm {
            break;
        }
    }
    let largest = (0..size).max_by(|one, other| matrix[*one][*one].total_cmp(&matrix[*other][*other]));
    largest.map_or((0.0, Vec::new()), |at| (matrix[at][at], vectors.iter().map(|row| row[at]).collect()))
}

/// Makes the entry of a row and a column 0.
fn rotate(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], one: usize, other: usize) {
    let entry = matrix[one][other];
    if entry == 0.0 {
        return;
    }
    let theta = (matrix[other][other] - matrix[one][one]) / (2.0 * entry);
    let tangent = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for row in matrix.iter_mut().chain(vectors.iter_mut()) {
        let (left, right) = (row[one], row[other]);
        row[one] = cosine * left - sine * right;
        row[other] = sine * left + cosine * right;
    }
    let (above, below) = matrix.split_at_mut(other);
    if let (Some(upper), Some(lower)) = (above.get_mut(one), below.first_mut()) {
        for (upper, lower) in upper.iter_mut().zip(lower) {
            (*upper, *lower) = (cosine * *upper - sine * *lower, sine * *upper + cosine * *lower);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measures::tests::near;

    fn of_matrix(matrix: &[&[f64]]) -> Vec<f64> {
        principal(vec![1.0; matrix.len()], |from, to| {
            to.iter_mut().zip(matrix).for_each(|(to, row)| *to = dot(row, from));
        })
    }

    #[test]
    fn by_hand() {
        let root = 0.5_f64.sqrt();
        near(&of_matrix(&[&[2.0, 1.0], &[1.0, 2.0]]), &[root, root], 1e-14);
        near(&of_matrix(&[&[1.0, 0.0], &[0.0, 3.0]]), &[0.0, 1.0], 1e-14);
        near(&of_matrix(&[&[0.0, 0.0], &[0.0, 0.0]]), &[root, root], 1e-14);
        // A star has the eigenvalues 2 and -2.
        let center: &[f64] = &[0.0, 1.0, 1.0, 1.0, 1.0];
        let leaf: &[f64] = &[1.0, 0.0, 0.0, 0.0, 0.0];
        let quarter = 0.125_f64.sqrt();
        let expected = [root, quarter, quarter, quarter, quarter];
        near(&of_matrix(&[center, leaf, leaf, leaf, leaf]), &expected, 1e-14);
        assert!(of_matrix(&[]).is_empty());
    }
}
