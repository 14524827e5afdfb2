//! What every command works with: the data home, and where its words go.

use slack_model::batch::DataHome;
use slack_pipeline::Pipeline;

use crate::output::Output;

pub(crate) struct App<'o> {
    pub(crate) pipeline: Pipeline<'o>,
    pub(crate) output: &'o Output,
}

impl App<'_> {
    pub(crate) fn home(&self) -> &DataHome {
        self.pipeline.home()
    }
}
