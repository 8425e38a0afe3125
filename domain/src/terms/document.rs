//! A contract's terms as they are written: maps, lists and texts. Every number stays the text it was, so no
//! digit is lost; YAML and JSON are read into the same tree, and the tree is what an award records.

use std::collections::BTreeMap;
use std::fmt;

use marked_yaml::{LoadError, Node};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::reader::Fault;

/// A piece of terms as written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Document {
    /// A word, a number, a date: always text.
    Text(String),
    /// Things in order.
    List(Vec<Document>),
    /// Things by name.
    Map(BTreeMap<String, Document>),
}

/// Where each piece of a YAML file stands: JSON pointer to line and column, both from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<String, (usize, usize)>);

impl Places {
    /// Line and column of the piece at `pointer`, or of the nearest piece around it.
    pub fn of(&self, pointer: &str) -> Option<(usize, usize)> {
        let mut pointer = pointer;
        loop {
            if let Some(place) = self.0.get(pointer) {
                return Some(*place);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }
}

impl Document {
    /// Reads YAML (and so JSON), keeping every scalar as its source text.
    pub fn from_yaml(text: &str) -> Result<(Document, Places), Fault> {
        let options = marked_yaml::LoaderOptions::default().error_on_duplicate_keys(true);
        let node = marked_yaml::parse_yaml_with_options(0, text, options).map_err(|e| malformed(&e))?;
        let mut places = Places::default();
        let document = convert(&node, String::new(), &mut places);
        Ok((document, places))
    }

    /// The piece at a JSON pointer.
    pub fn at(&self, pointer: &str) -> Option<&Document> {
        pointer.split('/').skip(1).try_fold(self, |node, key| match node {
            Document::Map(map) => map.get(key),
            Document::List(list) => list.get(key.parse::<usize>().ok()?),
            Document::Text(_) => None,
        })
    }
}

impl Document {
    /// The same, to be changed.
    pub(super) fn at_mut(&mut self, pointer: &str) -> Option<&mut Document> {
        pointer.split('/').skip(1).try_fold(self, |node, key| match node {
            Document::Map(map) => map.get_mut(key),
            Document::List(list) => list.get_mut(key.parse::<usize>().ok()?),
            Document::Text(_) => None,
        })
    }
}

fn malformed(error: &LoadError) -> Fault {
    if let LoadError::DuplicateKey(inner) = error {
        let message = format!("`{}` stands twice", inner.key.as_str());
        let mut fault = Fault::new("", message, "keep the one that counts");
        fault.place = inner.key.span().start().map(|m| (m.line(), m.column()));
        return fault;
    }
    let (place, what) = match error {
        LoadError::ScanError(mark, why) => {
            let why = why.to_string();
            (Some(*mark), why.split(" at byte ").next().unwrap_or(&why).to_owned())
        }
        LoadError::DuplicateKey(_) => (None, "a name stands twice".to_owned()),
        LoadError::TopLevelMustBeMapping(mark) | LoadError::TopLevelMustBeSequence(mark) => {
            (Some(*mark), "terms are a list of names and values".to_owned())
        }
        LoadError::UnexpectedAnchor(mark) | LoadError::UnexpectedTag(mark) => {
            (Some(*mark), "anchors and tags are not used in terms".to_owned())
        }
        LoadError::MappingKeyMustBeScalar(mark) => (Some(*mark), "a name must be a word".to_owned()),
    };
    let mut fault =
        Fault::new("", format!("this is not YAML: {what}"), "check quotes, colons and indentation here");
    fault.place = place.map(|m| (m.line(), m.column()));
    fault
}

fn convert(node: &Node, pointer: String, places: &mut Places) -> Document {
    if let Some(start) = node.span().start() {
        places.0.insert(pointer.clone(), (start.line(), start.column()));
    }
    match node {
        Node::Scalar(scalar) => Document::Text(scalar.as_str().to_owned()),
        Node::Sequence(items) => {
            let items = items.iter().enumerate();
            Document::List(items.map(|(i, n)| convert(n, format!("{pointer}/{i}"), places)).collect())
        }
        Node::Mapping(map) => Document::Map(
            map.iter()
                .map(|(key, value)| {
                    let at = format!("{pointer}/{}", key.as_str());
                    let converted = convert(value, at.clone(), places);
                    if let Some(start) = key.span().start() {
                        places.0.insert(at, (start.line(), start.column()));
                    }
                    (key.as_str().to_owned(), converted)
                })
                .collect(),
        ),
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Document, D::Error> {
        struct Tree;
        impl<'de> Visitor<'de> for Tree {
            type Value = Document;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("terms: maps, lists and texts")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Document, E> {
                Ok(Document::Text(text.to_owned()))
            }
            fn visit_u64<E: Error>(self, n: u64) -> Result<Document, E> {
                Ok(Document::Text(n.to_string()))
            }
            fn visit_i64<E: Error>(self, n: i64) -> Result<Document, E> {
                Ok(Document::Text(n.to_string()))
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<Document, E> {
                Err(E::custom(
                    "a number with a fraction must be written in quotes, so that no digit of it is lost",
                ))
            }
            fn visit_bool<E: Error>(self, b: bool) -> Result<Document, E> {
                Ok(Document::Text(b.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Document, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Document::List(items))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
                let mut items = BTreeMap::new();
                while let Some((key, value)) = map.next_entry::<String, Document>()? {
                    if items.insert(key.clone(), value).is_some() {
                        return Err(A::Error::custom(format!("`{key}` stands twice")));
                    }
                }
                Ok(Document::Map(items))
            }
        }
        deserializer.deserialize_any(Tree)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_text_and_places() {
        let (doc, places) = Document::from_yaml("a: 0.10\nb:\n  - {c: 25%}\n").unwrap();
        assert_eq!(doc.at("/a"), Some(&Document::Text("0.10".into())));
        assert_eq!(doc.at("/b/0/c"), Some(&Document::Text("25%".into())));
        assert_eq!(places.of("/b/0/c"), Some((3, 6)));
        assert_eq!(places.of("/b/0/missing"), Some((3, 5)));
    }

    #[test]
    fn a_name_that_stands_twice_is_refused_with_its_place() {
        let fault = Document::from_yaml("a: 1\na: 2\n").unwrap_err();
        assert!(fault.message.contains("stands twice"), "{}", fault.message);
        assert_eq!(fault.place, Some((2, 1)));
    }
}
