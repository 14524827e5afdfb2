use chrono::DateTime;
use proptest::prelude::*;

use super::*;

#[test]
fn only_texts_that_come_back_are_timestamps() {
    for text in ["1600000000.000100", "0000000000.000000", "0000000001.000001", "99999999999.999999"] {
        assert_eq!(Ts::parse(text.as_bytes()).expect(text).to_string(), text);
    }
    for text in [
        "",
        "1600000000",
        "1600000000.1",
        "1600000000.0001000",
        "01600000000.000100",
        "-600000000.000100",
        "160000000a.000100",
        "999999999999.999999",
    ] {
        assert_eq!(Ts::parse(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn loosely_written_instants_keep_their_digits() {
    for (text, exact) in [
        ("1600000000.000100", "1600000000.000100"),
        ("1600000000", "1600000000.000000"),
        ("1600000000.", "1600000000.000000"),
        ("1600000000.1", "1600000000.100000"),
        ("1600000000.0001", "1600000000.000100"),
        // As a floating-point number, this would end in 000098 or 000102.
        ("9600000000.000101", "9600000000.000101"),
    ] {
        assert_eq!(Ts::parse_loosely(text.as_bytes()).expect(text).to_string(), exact);
    }
    for text in
        ["", "5", "160000000", "1600000000123", "1.6e9", "1600000000.0001000", "0600000000", "-600000000"]
    {
        assert_eq!(Ts::parse_loosely(text.as_bytes()), None, "{text}");
    }
}

#[test]
fn times_that_no_calendar_has_are_none() {
    let shown = |text: &str| Time::parse(text.as_bytes()).map(|time| time.to_string());
    for text in ["2024-02-29T23:59:59.999999Z", "1970-01-01T00:00:00.000000Z", "2000-12-31T00:00:00.000001Z"]
    {
        assert_eq!(shown(text).as_deref(), Some(text));
    }
    for text in [
        "2023-02-29T00:00:00.000000Z",
        "2023-04-31T00:00:00.000000Z",
        "2023-13-01T00:00:00.000000Z",
        "2023-00-01T00:00:00.000000Z",
        "2023-01-00T00:00:00.000000Z",
        "2023-01-01T24:00:00.000000Z",
        "2023-01-01T00:60:00.000000Z",
        "2023-01-01T00:00:60.000000Z",
        "1969-12-31T23:59:59.999999Z",
        "2023-01-01 00:00:00.000000Z",
        "2023-01-01T00:00:00Z",
    ] {
        assert_eq!(shown(text), None, "{text}");
    }
}

#[test]
fn batches_name_real_seconds() {
    let id: BatchId = "20240229235959".parse().expect("a leap day");
    assert_eq!(id.to_string(), "20240229235959");
    assert_eq!(id.time().to_string(), "2024-02-29T23:59:59.000000Z");
    assert!("20230229000000".parse::<BatchId>().is_err());
    assert!("2023022800000".parse::<BatchId>().is_err());
}

proptest! {
    #[test]
    fn writing_and_parsing_are_inverse(micros in 0..=MAX_MICROS) {
        let ts = Ts(micros);
        let mut text = Vec::new();
        ts.write(&mut text);
        prop_assert_eq!(String::from_utf8_lossy(&text), ts.to_string());
        if micros < 1_000_000_000_000 * MICROS / 10 {
            prop_assert_eq!(Ts::parse(&text), Some(ts));
        }
        prop_assert_eq!(Time::parse(ts.time().to_string().as_bytes()), Some(ts.time()));
        let batch = BatchId::at(ts.time());
        prop_assert_eq!(batch.time().micros(), micros - micros % MICROS);
    }

    #[test]
    fn times_are_written_as_chrono_writes_them(micros in 0..=MAX_MICROS) {
        let chrono = DateTime::from_timestamp_micros(micros).expect("in range");
        prop_assert_eq!(Time(micros).to_string(), chrono.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string());
    }

    #[test]
    fn a_day_that_was_written_before_is_written_as_well(times in proptest::collection::vec(0..3 * DAY, 1..20)) {
        let mut writer = TimeWriter::default();
        for time in times.into_iter().map(Time) {
            let mut text = Vec::new();
            writer.write(time, &mut text);
            prop_assert_eq!(String::from_utf8_lossy(&text), time.to_string());
        }
    }

    #[test]
    fn no_text_panics(text in proptest::collection::vec(any::<u8>(), 0..30)) {
        let _ = (Ts::parse(&text), Time::parse(&text), BatchId::parse(&text));
    }
}
