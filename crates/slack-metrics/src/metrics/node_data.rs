//! node_data: the listed users and channels as nodes of a graph. Gephi reads it as it is.

use std::io;

use slack_model::rows::Node as NodeRow;
use slack_model::{Schema, Table};

use crate::workspace::Node;
use crate::{Channel, Metric, Rows, Workspace};

pub(super) struct NodeData;

impl Metric for NodeData {
    type Kept = ();

    fn schema(&self) -> Schema {
        NodeRow::SCHEMA
    }

    fn channel(&self, _: &Channel<'_>, _: &mut Rows<'_>) {}

    fn finish(&self, (): (), workspace: &Workspace, rows: &mut Rows<'_>) -> io::Result<()> {
        for node in &workspace.nodes {
            match *node {
                Node::User(number) => {
                    let Some(user) = workspace.user(number) else { continue };
                    rows.user(workspace, number).text(&user.name).text(b"user").text(&user.real_name);
                    rows.text(&user.place.iso).text(&user.place.country).text(&user.place.city);
                    rows.empty().empty().end();
                }
                Node::Channel(number) => {
                    let Some(channel) = workspace.channel(number) else { continue };
                    rows.text(workspace.channel_id(number)).text(&channel.name).text(b"channel");
                    rows.text(&channel.name).empty().empty().empty();
                    rows.text(&channel.kind).text(&channel.class).end();
                }
            }
        }
        Ok(())
    }
}
