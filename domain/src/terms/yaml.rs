//! Terms written out as YAML, for people: what is read back is the same document.

use std::collections::BTreeMap;

use super::Document;

/// The names that say what a map is about; they stand first.
const FIRST: &[&str] = &["contract", "title", "under", "clause", "kind", "name", "party", "indicator"];

impl Document {
    /// The document as YAML. Names come in a fixed order, since the one they were written in is not kept.
    pub fn to_yaml(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text
    }

    /// Writes the document where `indent` has been reached; it ends its last line.
    fn write(&self, out: &mut String, indent: usize) {
        match self {
            Document::Text(text) => out.push_str(&format!("{}\n", scalar(text))),
            Document::List(items) if items.is_empty() => out.push_str("[]\n"),
            Document::Map(map) if map.is_empty() => out.push_str("{}\n"),
            Document::List(items) => apart(out, indent, items.iter(), |out, item| {
                out.push_str("- ");
                item.write(out, indent + 2);
            }),
            Document::Map(map) => apart(out, indent, in_order(map), |out, (name, value)| {
                out.push_str(&format!("{}:", scalar(name)));
                if value.is_line() {
                    out.push(' ');
                    value.write(out, indent);
                } else {
                    out.push_str(&format!("\n{}", " ".repeat(indent + 2)));
                    value.write(out, indent + 2);
                }
            }),
        }
    }

    /// Whether it stands on the line of its name.
    fn is_line(&self) -> bool {
        match self {
            Document::Text(_) => true,
            Document::List(items) => items.is_empty(),
            Document::Map(map) => map.is_empty(),
        }
    }
}

/// Writes things on lines of their own; the first stands where its line has been begun.
fn apart<T>(
    out: &mut String,
    indent: usize,
    things: impl Iterator<Item = T>,
    write: impl Fn(&mut String, T),
) {
    for (i, thing) in things.enumerate() {
        if i > 0 {
            out.push_str(&" ".repeat(indent));
        }
        write(out, thing);
    }
}

fn in_order(map: &BTreeMap<String, Document>) -> impl Iterator<Item = (&String, &Document)> {
    let first = FIRST.iter().filter_map(|name| map.get_key_value(*name));
    first.chain(map.iter().filter(|(name, _)| !FIRST.contains(&name.as_str())))
}

/// A text as it may stand in YAML: by itself where nothing in it means something else there, else in quotes
/// as JSON has.
fn scalar(text: &str) -> String {
    let starts = |c: char| c.is_alphanumeric() || "/£$.".contains(c);
    let negative = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
    let begins = text.starts_with(starts) || text.strip_prefix('-').is_some_and(negative);
    let inside = |c: char| c.is_alphanumeric() || " -_./%£$,()'+<=>".contains(c);
    if begins && text.chars().all(inside) && !text.ends_with(' ') {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts with what means something in YAML, and documents of them.
    fn documents() -> impl Strategy<Value = Document> {
        let text = "[-?:,#&*!|>'\"%@` a-c0-9£~\\[\\]{}\n\t]{0,12}";
        let leaf = text.prop_map(Document::Text);
        leaf.prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Document::List),
                prop::collection::btree_map(text, inner, 0..4).prop_map(Document::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(document in documents()) {
            let whole = Document::Map(BTreeMap::from([("pay".to_owned(), document)]));
            let read = Document::from_yaml(&whole.to_yaml()).map(|(read, _)| read);
            prop_assert_eq!(read.as_ref().ok(), Some(&whole), "{}", whole.to_yaml());
        }
    }
}
