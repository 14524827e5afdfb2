/// Colours that people with every kind of colour vision tell apart: *muted* of Paul Tol, *Colour schemes*, SRON
/// technical note, 2021; in an order in which the first ones differ the most.
pub(super) const COLORS: [&str; 9] =
    ["#332288", "#CC6677", "#117733", "#DDCC77", "#88CCEE", "#882255", "#44AA99", "#AA4499", "#999933"];
/// Of what has no colour of its own.
pub(super) const GREY: &str = "#AAAAAA";
/// Communities of fewer nodes are grey, and those of less than a hundredth of all.
const SMALL: usize = 3;

/// Which communities have a colour: the first ones by their numbers, if they are not small. Returns a place in
/// [`COLORS`] for each.
pub(super) fn colored(sizes: &[usize]) -> Vec<Option<usize>> {
    let least = (sizes.iter().sum::<usize>() / 100).max(SMALL);
    let place = |(place, size): (usize, &usize)| (place < COLORS.len() && *size >= least).then_some(place);
    sizes.iter().enumerate().map(place).collect()
}
