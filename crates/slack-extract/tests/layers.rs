//! The crate's modules form layers: none imports from a module above it, and none from one that needs it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The modules below a folder of sources, by path (`a::b`, empty for the crate), with the code of each, without tests.
fn modules(folder: &Path, name: &str, found: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("listed") {
        let path = entry.expect("listed").path();
        let stem = path.file_stem().expect("named").to_string_lossy().into_owned();
        let module = if name.is_empty() { stem.clone() } else { format!("{name}::{stem}") };
        if path.is_dir() {
            modules(&path, &module, found);
            continue;
        }
        let text = fs::read_to_string(&path).expect("read");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = code.lines().map(|line| line.split("//").next().unwrap_or_default());
        let module = if matches!(stem.as_str(), "mod" | "lib") { name.to_owned() } else { module };
        // Modules of tests may use what they test.
        if stem != "tests" && stem != "servers" {
            found.insert(module, lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

/// A tree of imports, such as `a::{b, c::{d, e}}`, as single paths.
fn paths(tree: &str) -> Vec<String> {
    let tree: String = tree.chars().filter(|letter| !letter.is_whitespace()).collect();
    let Some((head, rest)) = tree.split_once('{') else { return vec![tree] };
    let (mut found, mut depth, mut branch) = (Vec::new(), 0, String::new());
    for letter in rest.chars() {
        match letter {
            ',' | '}' if depth == 0 => {
                let branch = std::mem::take(&mut branch);
                found.extend(
                    paths(&branch).iter().filter(|_| !branch.is_empty()).map(|path| format!("{head}{path}")),
                );
            }
            _ => {
                depth += i32::from(letter == '{') - i32::from(letter == '}');
                branch.push(letter);
            }
        }
    }
    found
}

/// The paths that a module's code imports, or names from the crate's root or from above.
fn imports(code: &str) -> Vec<String> {
    let (mut found, mut lines) = (Vec::new(), code.lines());
    let words = ["use ", "pub use ", "pub(crate) use ", "pub(super) use "];
    while let Some(line) = lines.next() {
        if let Some(begun) = words.iter().find_map(|word| line.trim_start().strip_prefix(word)) {
            let mut import = begun.to_owned();
            while !import.contains(';') {
                import.push_str(lines.next().expect("an import ends"));
            }
            found.extend(paths(import.trim_end_matches(';')));
            continue;
        }
        // Who may see something is no import.
        let shown = line.split_once("pub(in ").and_then(|(_, rest)| rest.split_once(')'));
        let code = shown.map_or(line, |(_, rest)| rest);
        let named = code.split(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter)));
        let leads = |path: &&str| path.starts_with("crate::") || path.starts_with("super::");
        found.extend(named.filter(leads).map(str::to_owned));
    }
    found
}

/// The module that a path leads into, seen from another one; `None` where it leads out of the crate.
fn target(path: &str, from: &str, modules: &BTreeMap<String, String>) -> Option<String> {
    let mut place: Vec<&str> = from.split("::").filter(|part| !part.is_empty()).collect();
    let mut parts = path.split("::").peekable();
    match *parts.peek()? {
        "crate" => {
            place.clear();
            parts.next();
        }
        "self" => {
            parts.next();
        }
        "super" => {
            while parts.next_if_eq(&"super").is_some() {
                place.pop();
            }
        }
        first => {
            let inner = place.iter().copied().chain([first]).collect::<Vec<_>>().join("::");
            modules.get(&inner)?;
        }
    }
    for part in parts {
        let inner = place.iter().copied().chain([part]).collect::<Vec<_>>().join("::");
        if !modules.contains_key(&inner) {
            break;
        }
        place.push(part);
    }
    Some(place.join("::"))
}

/// A circle that a module is part of, as a path of modules that ends where it begins.
fn circle(from: &str, arrows: &BTreeMap<&str, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut open = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = open.pop() {
        for next in &arrows[way.last()?.as_str()] {
            let way: Vec<String> = way.iter().chain([next]).cloned().collect();
            if next == from {
                return Some(way);
            }
            if seen.insert(next) {
                open.push(way);
            }
        }
    }
    None
}

#[test]
fn no_module_imports_from_above() {
    let mut found = BTreeMap::new();
    modules(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut found);
    let mut arrows: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (module, code) in &found {
        let targets =
            imports(code).iter().filter_map(|path| target(path, module, &found)).collect::<BTreeSet<_>>();
        arrows.insert(module, targets.into_iter().filter(|target| target != module).collect());
    }
    // That nothing is found would prove nothing.
    let n_arrows: usize = arrows.values().map(BTreeSet::len).sum();
    assert!(arrows.len() > 50 && n_arrows > 150, "{} modules, {n_arrows} arrows", arrows.len());
    for (module, targets) in &arrows {
        let above = |target: &&String| target.is_empty() || module.starts_with(&format!("{target}::"));
        let up: Vec<_> = targets.iter().filter(above).collect();
        assert!(up.is_empty(), "{module} imports from above it: {up:?}");
        assert_eq!(circle(module, &arrows), None, "a circle of modules");
    }
}

#[test]
fn imports_are_read_as_rust_reads_them() {
    let code = "use a::{b, c::{d, e}};\nfn f() { crate::g::h(); super::i }\npub(crate) use self::k::L;";
    let found = imports(code);
    for path in ["a::b", "a::c::d", "a::c::e", "crate::g::h", "super::i", "self::k::L"] {
        assert!(found.iter().any(|found| found == path), "{path}: {found:?}");
    }
    let modules = ["", "a", "a::b", "a::c"].map(|name| (name.to_owned(), String::new())).into();
    let target = |path, from| target(path, from, &modules);
    assert_eq!(target("crate::a::b::X", "a::c").as_deref(), Some("a::b"));
    assert_eq!(target("super::X", "a::c").as_deref(), Some("a"));
    assert_eq!(target("b::X", "a").as_deref(), Some("a::b"));
    assert_eq!(target("std::fs", "a"), None);
}
