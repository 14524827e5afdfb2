/// Why a file is left that is larger than was asked for.
pub(crate) const LARGER: &str = "larger_than_the_limit";
/// The downloads' name in `requests.csv` and among the limits, which Slack publishes none for.
pub(crate) const DOWNLOAD: &str = "download";
