use super::*;

fn refused(text: &str) -> String {
    Settings::parse(Path::new("dir/s.toml"), text).expect_err(text).to_string()
}

#[test]
fn errors_name_the_line_and_the_nearest_name() {
    for (text, why) in [
        ("\nquite = true", "dir/s.toml:2: there is no key quite; did you mean quiet?"),
        ("[captrue]\nsince = '30d'", "dir/s.toml:1: there is no section [captrue]; did you mean capture?"),
        ("[capture]\nsinse = '30d'", "dir/s.toml:2: there is no key sinse in [capture]; did you mean since?"),
        (
            "[merge]\ntimezone = 'UTC'",
            "dir/s.toml:2: there is no key timezone in [merge]; there is [metrics] timezone",
        ),
        ("[capture]\nfull = 'yes'", "dir/s.toml:2: [capture] full: want true or false"),
        (
            "[capture]\ntypes = 'public'",
            "dir/s.toml:2: [capture] types: want a list, such as [\"one\", \"two\"]",
        ),
        ("[capture]\nsince = [1]", "dir/s.toml:2: [capture] since: want one value, not an array"),
    ] {
        assert_eq!(refused(text), why);
    }
    assert!(
        refused("[serve]\nport = 70000").starts_with("dir/s.toml:2: [serve] port: invalid value '70000'")
    );
    assert!(refused("[capture\n").starts_with("dir/s.toml:1: "));
    assert!(refused("data = 'a'\ndata = 'b'\n").starts_with("dir/s.toml:2: "));
}

#[test]
fn secrets_are_refused_and_not_repeated() {
    for text in [
        "token = 'xoxp-1-abc'",
        "[capture]\nchannel = ['xoxp-1-abc']",
        "[database]\npostgres = 'postgres://me:abc@host/db'",
        "[database]\npostgres = 'postgres://host/db?password=abc'",
        "[database]\npassword = 'abc'",
        "slack_user_token = 'xoxp-1-abc",
    ] {
        let why = refused(text);
        assert!(!why.contains("abc") && why.starts_with("dir/s.toml:"), "{why}");
    }
}

#[test]
fn values_have_their_types() {
    let text = "data = 'home'\n[capture]\ntypes = ['public', 'im']\nsince = 2024-01-01\nfull = false\n\
                max_file_size = 50\n[graph]\nmin-weight = 1.5\n[serve]\nport = '80'\n";
    let settings = Settings::parse(Path::new("dir/s.toml"), text).expect("read");
    assert_eq!(settings.data, Some("dir/home".into()));
    assert_eq!(settings.capture.types, Some(vec!["public".into(), "im".into()]));
    assert_eq!(settings.capture.since.as_deref(), Some("2024-01-01"));
    assert_eq!((settings.capture.full, settings.capture.max_file_size), (Some(false), Some(50)));
    assert_eq!((settings.graph.min_weight, settings.serve.port), (Some(1.5), Some(80)));
    assert_eq!(settings.capture.channel, None);
}

#[test]
fn every_key_that_init_writes_is_there_and_no_other() {
    let text = include_str!("every_key.toml");
    Settings::parse(Path::new("s.toml"), text).expect("every key is known");
    let lines = text.lines().filter(|line| line.contains(" = ")).count();
    assert_eq!(keys().len(), lines);
}

#[test]
fn variables_take_precedence_over_the_file() {
    let file = SettingsFile::parse(Path::new("s.toml"), "[capture]\ntypes = ['public']\nsince = '30d'\n");
    let resolve = |variables: &[(&str, &str)]| {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Settings::resolve(file.as_ref().expect("read"), &Environment::from_variables(variables))
    };
    let settings = resolve(&[
        ("SLACK_ANALYTICS_CAPTURE_TYPES", "private, im"),
        ("SLACK_DATA_HOME", "home"),
        ("SLACK_ANALYTICS_QUIET", "on"),
        ("SLACK_ANALYTICS_CAPTURE_SINCE", " "),
    ]);
    let settings = settings.expect("resolved");
    assert_eq!(settings.capture.types, Some(vec!["private".into(), "im".into()]));
    assert_eq!((settings.data, settings.quiet), (Some("home".into()), Some(true)));
    assert_eq!(settings.capture.since.as_deref(), Some("30d"));
    for (variable, value, why) in [
        ("SLACK_ANALYTICS_QUIET", "perhaps", "want true or false"),
        ("SLACK_ANALYTICS_SERVE_PORT", "x", "invalid value 'x': invalid digit found in string"),
    ] {
        let error = resolve(&[(variable, value)]).expect_err("refused").to_string();
        assert_eq!(error, format!("{variable}: {why}"));
    }
}

#[test]
fn a_default_is_of_its_keys_type() {
    let all: Vec<Setting> =
        keys().iter().filter(|key| !key.default.is_empty()).map(Setting::default_of).collect();
    Settings::of(&all).expect("every default is accepted");
}

#[test]
fn a_variable_is_named_after_the_key() {
    let variable = |section, name| Key::find(section, name).expect("a key").variable();
    assert_eq!(variable(Some("capture"), "max_file_size"), "SLACK_ANALYTICS_CAPTURE_MAX_FILE_SIZE");
    assert_eq!(variable(None, "quiet"), "SLACK_ANALYTICS_QUIET");
    assert_eq!(variable(None, "data"), "SLACK_DATA_HOME");
}
