/// Hears how far a stage has come. Does nothing by default: `&()` is a listener.
pub trait Progress: Send + Sync {
    /// Takes note of a step.
    fn report(&self, step: Step<'_>);

    /// Takes note of something that a person should hear while the stage goes on: an estimate, a limit.
    fn note(&self, note: &str) {
        let _ = note;
    }
}

/// How far a stage has come.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Step<'a> {
    /// What is being worked through: a table, an API method, ...
    pub task: &'a str,
    /// How much of it is done.
    pub done: u64,
    /// How much there is, where that is known.
    pub total: Option<u64>,
}

impl<'a> Step<'a> {
    /// A step of a task.
    pub fn new(task: &'a str, done: u64, total: Option<u64>) -> Self {
        Self { task, done, total }
    }
}

impl Progress for () {
    fn report(&self, _: Step<'_>) {}
}
