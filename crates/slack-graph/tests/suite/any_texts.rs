//! Whatever texts the tables hold, the GEXF is well-formed and gives them back.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use slack_graph::{SocialGraph, write_gexf};
use slack_model::rows::{Edge, Node};

/// Texts with what breaks XML writers: controls, noncharacters, markup, quotes, emoji, right-to-left marks.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    let troublesome = prop::sample::select(
        "\0\u{1}\u{8}\t\n\r\u{b}\u{1b}\u{7f}\u{85}\u{9f}\u{FFFE}\u{FFFF}<>&\"'];\u{202e}\u{200f}ש👩‍💻 "
            .chars()
            .collect::<Vec<_>>(),
    );
    prop::collection::vec(prop_oneof![troublesome, any::<char>()], 0..12)
        .prop_map(|characters| characters.into_iter().collect())
}

pub(crate) fn as_read_back(text: &str) -> String {
    text.chars()
        .map(|character| if matches!(character, '\t' | '\n' | '\r') { ' ' } else { character })
        .filter(|character| !character.is_control() && !matches!(character, '\u{FFFE}' | '\u{FFFF}'))
        .collect()
}

/// Every (element, attribute, value) of a document, in order, a text being the value of no attribute; fails where it is
/// not well-formed.
pub(crate) fn read_attributes(document: &str) -> Vec<(String, String, String)> {
    let mut reader = Reader::from_str(document);
    let mut found = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => break,
            Event::End(_) => depth -= 1,
            event @ (Event::Start(_) | Event::Empty(_)) => {
                depth += i32::from(matches!(event, Event::Start(_)));
                let (Event::Start(element) | Event::Empty(element)) = event else { continue };
                for attribute in element.attributes() {
                    let attribute = attribute.expect("an attribute");
                    let value =
                        attribute.normalized_value(XmlVersion::Implicit1_0).expect("no unknown entity");
                    found.push((name(element.name()), name(attribute.key), value.into_owned()));
                }
            }
            _ => {}
        }
    }
    assert_eq!(depth, 0, "an element is not closed");
    found
}

fn name(name: quick_xml::name::QName<'_>) -> String {
    name.as_ref().to_owned()
}

proptest! {
    #[test]
    fn texts_come_back_without_control_characters(
        label in any_text(), name in any_text(), city in any_text(), relate in any_text(),
        weight in 0..=1u64 << 53,
    ) {
        let node = |id: &str| Node {
            id: id.into(),
            label: label.clone(),
            kind: "user".into(),
            name: name.clone(),
            iso: String::new(),
            country: String::new(),
            city: city.clone(),
            channel_type: String::new(),
            channel_class: String::new(),
        };
        let edge = Edge {
            source: "U1".into(),
            target: "U2".into(),
            kind: "Directed".into(),
            weight,
            relate: relate.clone(),
            channel: "C1".into(),
            first_time: None,
            last_time: None,
        };
        let graph = SocialGraph::from_rows(vec![node("U1"), node("U2")], vec![edge]).expect("a graph");
        let mut document = Vec::new();
        write_gexf(&graph, &mut document).expect("a Vec takes everything");
        let found = read_attributes(&String::from_utf8(document).expect("UTF-8"));

        let values = |element: &str, attribute: &str| -> Vec<String> {
            let wanted = |row: &&(String, String, String)| row.0 == element && row.1 == attribute;
            found.iter().filter(wanted).map(|row| row.2.clone()).collect()
        };
        let (label, name, city) = (as_read_back(&label), as_read_back(&name), as_read_back(&city));
        prop_assert_eq!(values("node", "label"), vec![label; 2]);
        prop_assert_eq!(values("edge", "weight"), vec![weight.to_string()]);
        prop_assert_eq!(values("edge", "kind"), vec![format!("{} C1", as_read_back(&relate))]);
        let of_node = ["user".to_owned(), name, city].into_iter().filter(|text| !text.is_empty());
        let of_edge = [as_read_back(&relate), "C1".to_owned()].into_iter().filter(|text| !text.is_empty());
        let expected: Vec<_> = of_node.clone().chain(of_node).chain(of_edge).collect();
        prop_assert_eq!(values("attvalue", "value"), expected);
    }
}
