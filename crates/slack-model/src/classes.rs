//! The class of conversations.

use std::collections::BTreeSet;
use std::path::Path;

use crate::atomic::write_atomically;
use crate::error::Result;
use crate::ids::ChannelId;
use crate::rows::{Channel, ClassedBy};
use crate::table::{Field, Folder, Table, TableReader, TableWriter};

/// Gives the conversations of a batch or master their class ([`Channel::class_of`]): those that no list names are public
/// where the operator says so, by id or name, and confidential otherwise. Returns those whose class changed; where there are none, nothing is written.
///
/// # Errors
///
/// Where the table of channels cannot be read or written.
pub fn reclassify(folder: &Path, assumed: &BTreeSet<String>) -> Result<Vec<ChannelId>> {
    let Some(reader) = TableReader::open(&Folder(folder.into()), &Channel::SCHEMA)? else {
        return Ok(Vec::new());
    };
    let mut changed = Vec::new();
    let mut writer = TableWriter::new(Vec::new(), &Channel::SCHEMA)?;
    for channel in reader.rows::<Channel>() {
        let mut channel = channel?;
        let [is_private, last_batch, confidential_at] =
            [encoded(&channel.is_private), encoded(&channel.last_batch), encoded(&channel.confidential_at)];
        let row = ClassedBy {
            id: channel.id.as_str().as_bytes(),
            name: channel.name.as_bytes(),
            kind: channel.kind.as_bytes(),
            is_private: &is_private,
            last_batch: &last_batch,
            confidential_at: &confidential_at,
        };
        let class = Channel::class_of(row, assumed);
        if channel.class != class {
            channel.class = class.into();
            changed.push(channel.id.clone());
        }
        writer.write_row(&channel)?;
    }
    if !changed.is_empty() {
        write_atomically(&folder.join(Channel::SCHEMA.file_name()), &writer.finish()?.0)?;
    }
    Ok(changed)
}

fn encoded(value: &impl Field) -> Vec<u8> {
    let mut text = Vec::new();
    value.encode(&mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_operator_makes_an_unlisted_channel_public() {
        let folder = tempfile::tempdir().expect("a folder");
        let table = folder.path().join("channel_data.csv");
        let header = "id,name,type,class,is_private,last_batch\n";
        let rows = |classes: [&str; 5]| {
            let rows = [
                "C1,one,channel,{},false",
                "C2,two,channel,{},true",
                "D1,three,im,{},",
                "X1,three,channel,{},",
                "X2,,channel,{},",
            ];
            let rows = rows.iter().zip(classes).map(|(row, class)| row.replace("{}", class) + ",\n");
            header.to_owned() + &rows.collect::<String>()
        };
        let assume = |names: &[&str]| {
            let names = names.iter().map(ToString::to_string).collect();
            reclassify(folder.path(), &names)
                .expect("classified")
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        };
        let found = || {
            let reader = TableReader::open(&Folder(folder.path().into()), &Channel::SCHEMA).expect("opened");
            let rows = reader.expect("there").rows::<Channel>().map(|row| row.expect("read").class);
            rows.collect::<Vec<_>>().join(" ")
        };
        std::fs::write(&table, rows(["public", "public", "public", "public", "public"])).expect("written");
        assert_eq!(assume(&[""]), ["C2", "D1", "X1", "X2"]);
        assert_eq!(found(), "public confidential confidential confidential confidential");
        let before = std::fs::metadata(&table).and_then(|file| file.modified()).expect("known");
        assert_eq!(assume(&[]), [""; 0]);
        assert_eq!(std::fs::metadata(&table).and_then(|file| file.modified()).expect("known"), before);
        // A name opens no direct message, and no list is overruled.
        assert_eq!(assume(&["three", "two", "C2", "D1", "X2"]), ["X1", "X2"]);
        assert_eq!(found(), "public confidential confidential public public");
        assert_eq!(assume(&["X1"]), ["X2"]);
    }
}
