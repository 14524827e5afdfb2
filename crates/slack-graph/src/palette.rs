//! The colours of communities.

/// Colours that people with every kind of colour vision tell apart: *muted* of Paul Tol, *Colour schemes*, SRON
/// technical note, 2021; in an order in which the first ones differ the most.
pub(crate) const COLORS: [&str; 9] =
    ["#332288", "#CC6677", "#117733", "#DDCC77", "#88CCEE", "#882255", "#44AA99", "#AA4499", "#999933"];
/// Of what has no colour of its own.
pub(crate) const GREY: &str = "#AAAAAA";
/// Communities of fewer nodes are grey, and those of less than a hundredth of all.
const SMALL: usize = 3;

/// Which communities have a colour: the first ones by their numbers, if they are not small. Returns a place in
/// [`COLORS`] for each.
pub(crate) fn colored(sizes: &[usize]) -> Vec<Option<usize>> {
    let least = (sizes.iter().sum::<usize>() / 100).max(SMALL);
    let place = |(place, size): (usize, &usize)| (place < COLORS.len() && *size >= least).then_some(place);
    sizes.iter().enumerate().map(place).collect()
}

/// Red, green and blue of a colour of this palette.
pub(crate) fn rgb(color: &str) -> [u8; 3] {
    let part = |place: usize| {
        let digits = color.get(place..place + 2).unwrap_or_default();
        u8::from_str_radix(digits, 16).unwrap_or_default()
    };
    [part(1), part(3), part(5)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_go_to_the_first_communities_that_are_not_small() {
        assert_eq!(colored(&[400, 3, 4, 5]), [Some(0), None, Some(2), Some(3)]);
        assert_eq!(colored(&[5; 11]).iter().flatten().count(), 9);
        assert_eq!((rgb(COLORS[1]), rgb(GREY)), ([0xcc, 0x66, 0x77], [0xaa; 3]));
    }
}
