/// Messages on a page for apps that are sold outside of Slack's marketplace, and their calls a minute:
/// <https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps>.
pub(super) const SMALL_CLASS: u64 = 15;
pub(super) const SMALL_CLASS_CALLS: f64 = 1.0;

/// Whether the app is of that class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum NonMarketplaceApp {
    #[default]
    Unknown,
    Perhaps,
    Yes,
    No,
}
