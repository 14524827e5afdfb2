//! node_data: the listed users and channels as nodes of a graph. Gephi reads it as it is.

use std::io;

use slack_model::rows::NodeRef;

use crate::workspace::Node;
use crate::{Channel, Metric, Rows, Workspace};

pub(super) struct NodeData;

impl Metric for NodeData {
    type Row<'r> = NodeRef<'r>;
    type Accumulator = ();

    fn channel(&self, _: &Channel<'_>, _: &mut Rows<'_, Self>) {}

    fn finish(&self, (): (), workspace: &Workspace, rows: &mut Rows<'_, Self>) -> io::Result<()> {
        for node in &workspace.nodes {
            match *node {
                Node::User(number) => {
                    let Some(user) = workspace.user(number) else { continue };
                    rows.write(&NodeRef {
                        id: workspace.user_field(number).0,
                        label: (*user.name).into(),
                        kind: "user".into(),
                        name: (*user.real_name).into(),
                        iso: (*user.place.iso).into(),
                        country: (*user.place.country).into(),
                        city: (*user.place.city).into(),
                        channel_type: "".into(),
                        channel_class: "".into(),
                    });
                }
                Node::Channel(number) => {
                    let Some(channel) = workspace.channel(number) else { continue };
                    rows.write(&NodeRef {
                        id: workspace.channel_field(number).0,
                        label: (*channel.name).into(),
                        kind: "channel".into(),
                        name: (*channel.name).into(),
                        iso: "".into(),
                        country: "".into(),
                        city: "".into(),
                        channel_type: (*channel.kind).into(),
                        channel_class: (*channel.class).into(),
                    });
                }
            }
        }
        Ok(())
    }
}
