use crate::ids::FileId;

crate::table! {
    /// A hosted file whose bytes a batch holds, in `metadata/files.csv`. Rows stand in the order in which the
    /// downloads ended.
    pub struct HostedFile in "files" by (id) {
        /// The file's id.
        open id: FileId,
        /// Where its bytes are, below the data home, with `/` between the folders.
        content path: String,
        /// How many they are.
        open bytes: u64,
        /// Their SHA-256, in hexadecimal.
        open sha256: String,
    }
}
