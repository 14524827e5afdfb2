use slack_model::{Folder, Progress, Shown, TableSource};
use slack_store::{Input, LoadSummary, Store};

use crate::error::{Error, Result};
use crate::pipeline::{Pipeline, Subject};

impl Pipeline<'_> {
    /// Loads what is visible of the master and its results into a store: every table of the catalogue, those of one's own
    /// metrics too. What the store holds as public and is withheld now leaves it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] with the store's own, and where the master has no tables.
    pub fn load<S: Store>(&self, store: &mut S, visibility: Shown) -> Result<LoadSummary>
    where
        S::Error: std::error::Error + Send + Sync + 'static,
    {
        self.load_with(visibility, |input, progress| {
            store.load(&input, progress).map_err(|error| Error::Store(Box::new(error)))
        })
    }

    /// Does with what would be loaded what the caller wants: a load in a transaction of its own, say.
    ///
    /// # Errors
    ///
    /// Those of the work, and where the master has no tables.
    pub fn load_with<T, E: From<Error>>(
        &self,
        visibility: Shown,
        work: impl FnOnce(Input<'_>, &dyn Progress) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_cancelled()?;
        let visible = self.visible(&Subject::Master, visibility)?;
        let (master, metrics) = (Folder(visible.tables.clone()), visible.metrics.clone().map(Folder));
        let metrics = metrics.as_ref().map(|metrics| metrics as &dyn TableSource);
        let mut input = Input::new(&master, metrics).with_catalogue(&self.catalogue());
        input.withheld = visible.withheld(&self.tables(&Subject::Master)?)?;
        input.withheld_conversations = visible.left_out;
        let progress = self.listener().progress();
        work(input, &*progress)
    }
}
