use super::*;
use crate::random::Random;
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};

fn network(n_nodes: usize, n_edges: usize) -> Network {
    let mut random = Random::new(1);
    let edges =
        (0..n_edges).map(|_| (random.below(n_nodes), random.below(n_nodes), 1.0 + random.below(9) as f64));
    Network::new((0..n_nodes).map(|node| format!("U{node:06}")).collect(), edges.collect::<Vec<_>>())
}

fn written(picture: &Picture<'_>) -> String {
    let mut svg = Vec::new();
    write_svg(picture, &mut svg).expect("a Vec takes everything");
    String::from_utf8(svg).expect("UTF-8")
}

/// The texts of the elements of a name, and how many there are of each; fails where the document is not well-formed.
fn texts(svg: &str, name: &str) -> Vec<String> {
    let mut reader = Reader::from_str(svg);
    let (mut open, mut found) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => break,
            Event::Start(element) => {
                for attribute in element.attributes() {
                    attribute.expect("sound").normalized_value(XmlVersion::Implicit1_0).expect("sound");
                }
                let this = element.name().as_ref().to_owned();
                if this == name {
                    found.push(String::new());
                }
                open.push(this);
            }
            Event::End(_) => drop(open.pop()),
            Event::Text(text) if open.last().is_some_and(|open| open == name) => {
                found.last_mut().expect("open").push_str(&text.xml_content(XmlVersion::Implicit1_0));
            }
            Event::GeneralRef(name_of) if open.last().is_some_and(|open| open == name) => {
                let character = match &*name_of {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    other => panic!("unknown entity {other}"),
                };
                found.last_mut().expect("open").push(character);
            }
            _ => {}
        }
    }
    assert!(open.is_empty());
    found
}

#[test]
fn names_are_those_given_whatever_they_hold() {
    let network = network(6, 20);
    let names = ["<b>\"A&B\"</b>", "שלום \u{202e}x", "👩‍💻 dev", "a\u{0}b\u{1b}c\u{FFFE}", "  ", "ann"]
        .map(String::from);
    let positions: Vec<_> =
        (0..6).map(|node| [f64::from(node) * 100.0, f64::from(node % 2) * 300.0]).collect();
    let mut picture = Picture::new(&network, &positions);
    (picture.labels, picture.communities, picture.title) = (&names, &[0, 0, 0, 0, 1, 1], "Us & <them>");
    let svg = written(&picture);
    let mut titles = texts(&svg, "title");
    assert_eq!(titles.remove(0), "Us & <them>");
    titles.sort();
    let mut expected = ["<b>\"A&B\"</b>", "שלום x", "👩‍💻 dev", "abc", "U000004", "ann"];
    expected.sort_unstable();
    assert_eq!(titles, expected);
    let shown = texts(&svg, "text");
    for name in expected {
        assert!(shown.iter().any(|text| text == name), "{name} is not drawn");
    }
    assert!(shown.iter().any(|text| text == "Community 0 · 4 nodes"));
    assert!(shown.iter().any(|text| text == "1 smaller one · 2 nodes"));
    let ties = network.joined().entry_count() / 2;
    assert_eq!(texts(&svg, "desc"), [format!("6 nodes, {ties} ties, 2 communities.")]);
}

#[test]
fn nothing_and_what_has_no_place_are_drawn_too() {
    assert_eq!(texts(&written(&Picture::new(&Network::default(), &[])), "desc"), ["0 nodes, 0 ties."]);
    let network = network(3, 5);
    let svg = written(&Picture::new(&network, &[[f64::NAN, 0.0], [1.0, 1.0]]));
    assert_eq!(texts(&svg, "title"), ["Who talks to whom", "U000001"]);
    assert!(texts(&svg, "desc")[0].ends_with("Left out are the 2 least connected nodes."));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn a_large_network_makes_no_large_document() {
    let network = network(70_000, 80_000);
    let mut random = Random::new(2);
    let positions: Vec<_> = (0..70_000).map(|_| [random.unit() * 2000.0, random.unit() * 2000.0]).collect();
    let names: Vec<_> = (0..70_000).map(|node| format!("👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻 {node}")).collect();
    let found: Vec<_> = (0..70_000).map(|node| node % 40).collect();
    let mut picture = Picture::new(&network, &positions);
    (picture.labels, picture.communities) = (&names, &found);
    let svg = written(&picture);
    assert!(svg.len() < 3_000_000, "{}", svg.len());
    assert_eq!(texts(&svg, "title").len(), 6_001);
    assert!(texts(&svg, "desc")[0].contains("Drawn are the 12,000 strongest ties"));
    assert!(texts(&svg, "desc")[0].contains("Left out are the 4,000 least connected nodes"));
}

#[test]
fn numbers_are_short() {
    assert_eq!([number(1.04), number(-0.01), number(12.55)], ["1", "0", "12.6"].map(String::from));
}
