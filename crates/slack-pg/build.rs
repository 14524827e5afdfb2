//! Has the crate built again when a migration is added: those that are embedded are watched one by one.

fn main() {
    println!("cargo::rerun-if-changed=sql/migrations");
}
