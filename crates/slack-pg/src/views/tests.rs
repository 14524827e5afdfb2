use super::*;

/// A query without its comments, in lower case, each run of white space as one space.
fn code(view: &View) -> String {
    let lines = view.sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    let words: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    words.join(" ").to_lowercase()
}

/// What stands between the parenthesis that opens at the beginning of `text` and the one that closes it.
fn in_parentheses(text: &str) -> &str {
    let mut depth = 0;
    for (at, letter) in text.char_indices() {
        depth += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if depth == 0 {
            return &text[..at];
        }
    }
    text
}

/// Why a query is not in the subset of SQL that PostgreSQL and Spark read alike; empty where it is.
fn strange_to_other_engines(code: &str) -> Vec<String> {
    const FORBIDDEN: &[&str] = &[
        "::",
        "regexp",
        "similar to",
        " ~ ",
        "(dow",
        "isodow",
        "dayofweek",
        "generate_series",
        "unnest",
        "lateral",
        "distinct on",
        "double precision",
        "float",
        "real)",
        "string_agg",
        "array_agg",
        "to_char",
        "to_timestamp",
        "interval",
        "date_trunc",
        "using (",
        "\"",
        "`",
        ";",
    ];
    let mut found: Vec<_> =
        FORBIDDEN.iter().filter(|word| code.contains(**word)).map(|word| (*word).to_owned()).collect();
    for (at, _) in code.match_indices('/') {
        // A whole number's quotient is cut in PostgreSQL, and a fraction in Spark: floor makes them the same.
        let is_floored = code[..at].rfind("floor(").is_some_and(|floor| {
            let open = floor + "floor".len();
            open + in_parentheses(&code[open..]).len() > at
        });
        if !is_floored && !code[..at].ends_with("* 1e0 ") {
            found.push(format!("{}/", &code[..at]));
        }
    }
    for (at, _) in code.match_indices("order by ") {
        // Each term of the list says where nulls go: the list ends with its parenthesis or with the frame.
        let list = in_parentheses(&format!("({}", &code[at..])).to_owned();
        let list = list.split(" rows between").next().unwrap_or_default().to_owned();
        if !list.split(',').all(|term| term.trim_end().ends_with("nulls last")) {
            found.push(list);
        }
    }
    found
}

#[test]
fn every_file_is_a_view() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/metrics");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|file| file.expect("readable").file_name().into_string().expect("UTF-8"))
        .collect();
    files.sort();
    let mut named: Vec<_> = View::ALL.iter().map(|view| format!("{}.sql", view.table)).collect();
    named.sort();
    assert_eq!(files, named);
}

#[test]
fn views_read_only_those_before_them() {
    for (at, view) in View::ALL.iter().enumerate() {
        let read: Vec<_> = view.names().filter(|name| name.starts_with("mv_")).collect();
        let before: Vec<_> = View::ALL[..at].iter().map(View::name).collect();
        assert!(read.iter().all(|name| before.iter().any(|known| known == name)), "{}: {read:?}", view.table);
    }
    let [conversation, users] = [&View::ALL[0], &View::ALL[1]];
    assert!(users.reads(conversation) && !conversation.reads(users));
}

#[test]
fn every_file_says_what_it_gives_and_is_one_query() {
    for view in View::ALL {
        assert!(view.about().ends_with('.'), "{}: {:?}", view.table, view.about());
        let code = code(view);
        assert!(code.starts_with("select ") || code.starts_with("with "), "{}", view.table);
        assert!(view.sql.lines().all(|line| line.chars().count() <= 120), "{}", view.table);
    }
}

#[test]
fn queries_stay_in_the_subset_that_other_engines_share() {
    for view in View::ALL {
        assert_eq!(strange_to_other_engines(&code(view)), [""; 0], "{}", view.table);
    }
}

#[test]
fn what_other_engines_read_otherwise_is_found() {
    for query in [
        "select ts::bigint",
        "select us / 1000000",
        "select floor(us) / 1000000",
        "select extract(dow from day)",
        "select regexp_replace(text, 'a', 'b')",
        "select n from generate_series(1, 7) as t (n)",
        "select lag(us) over (partition by channel order by us)",
        "select lag(us) over (order by us nulls last, channel rows between 1 preceding and current row)",
        "select channel from posts order by channel",
        "select distinct on (channel) user_id",
        "select cast(posts as double precision)",
    ] {
        assert_ne!(strange_to_other_engines(query), [""; 0], "{query}");
    }
    for query in [
        "select floor((us - 1) / 1000000)",
        "select round(posts * 1e0 / people, 6)",
        "select lag(us) over (order by us nulls last, channel nulls last rows between 1 preceding and current row) - us",
    ] {
        assert_eq!(strange_to_other_engines(query), [""; 0], "{query}");
    }
}
