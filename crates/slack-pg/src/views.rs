//! The queries that measure the workspace inside the database, one for each metric table.

/// A metric table as a query over the base tables and over other views.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    /// The metric table whose rows it gives.
    pub(crate) table: &'static str,
    /// The text of its file in `sql/metrics`: one SELECT below a comment.
    pub(crate) sql: &'static str,
}

macro_rules! views {
    ($($table:literal),+ $(,)?) => {
        &[$( View { table: $table, sql: include_str!(concat!("../sql/metrics/", $table, ".sql")) } ),+]
    };
}

impl View {
    /// All of them; each comes after those that it reads.
    pub(crate) const ALL: &[Self] = views![
        "conversation_data",
        "useractive_data",
        "aggr_by_channel_user",
        "aggr_by_channel",
        "number_channel_user",
        "max_by_channel_user",
        "aggr_by_thread",
        "aggr_by_thread_user",
        "cube_by_month",
        "response_data",
        "response_by_channel",
        "activity_by_day",
        "activity_by_hour",
        "retention_by_cohort",
        "health_by_channel",
        "emoji_data",
        "node_data",
        "edge_data",
        "edge_by_month",
    ];

    /// The view's name in the database.
    pub(crate) fn name(&self) -> String {
        format!("mv_{}", self.table)
    }

    /// What it gives, in the words on top of its file.
    pub(crate) fn about(&self) -> String {
        let lines = self.sql.lines().map_while(|line| line.strip_prefix("--"));
        lines.map(str::trim).collect::<Vec<_>>().join(" ")
    }

    /// Whether its query reads another view.
    pub(crate) fn reads(&self, other: &Self) -> bool {
        self.names().any(|name| name == other.name())
    }

    /// The names and words of its query.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let code = self.sql.lines().map(|line| line.split("--").next().unwrap_or_default());
        code.flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'))
    }
}

#[cfg(test)]
#[path = "views/tests.rs"]
mod tests;
