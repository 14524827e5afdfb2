//! Puts the page's parts into the crate, in the order of `page/LIST`.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let page = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("page");
    println!("cargo::rerun-if-changed=page");
    let list = fs::read_to_string(page.join("LIST"))?;
    let parts: Vec<_> = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let mut code = String::new();
    for (name, kind) in [
        ("LIBRARIES", "vendor/"),
        ("LICENCES", "licences of vendor/"),
        ("STYLES", "style/"),
        ("SCRIPTS", "script/"),
    ] {
        let is_kind = |part: &&&str| match part.starts_with("vendor/") && !part.ends_with(".js") {
            true => kind == "licences of vendor/",
            false => part.starts_with(kind),
        };
        let paths = parts.iter().filter(is_kind).map(|part| page.join(part));
        let texts: String = paths.map(|path| format!("    include_str!({path:?}),\n")).collect();
        code.push_str(&format!("const {name}: &[&str] = &[\n{texts}];\n"));
    }
    Ok(fs::write(Path::new(&env::var("OUT_DIR")?).join("page.rs"), code)?)
}
