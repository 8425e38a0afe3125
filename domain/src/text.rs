//! Reading values that arrive as text: every number is read from its source text, never through a float.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Deserialises a value from a string or a whole number, and refuses a bare fraction: a JSON reader would
/// have passed it through a float.
pub(crate) fn from_text<'de, D, T, E>(
    deserializer: D,
    expected: &'static str,
    read: impl Fn(&str) -> Result<T, E>,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    E: fmt::Display,
{
    struct Text<F, T>(F, &'static str, PhantomData<T>);

    impl<F, T, E> Visitor<'_> for Text<F, T>
    where
        F: Fn(&str) -> Result<T, E>,
        E: fmt::Display,
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str(self.1)
        }

        fn visit_str<X: Error>(self, text: &str) -> Result<T, X> {
            (self.0)(text).map_err(X::custom)
        }

        fn visit_u64<X: Error>(self, n: u64) -> Result<T, X> {
            self.visit_str(&n.to_string())
        }

        fn visit_i64<X: Error>(self, n: i64) -> Result<T, X> {
            self.visit_str(&n.to_string())
        }

        fn visit_f64<X: Error>(self, _: f64) -> Result<T, X> {
            Err(X::custom(
                "a number with a fraction must be written in quotes, so that no digit of it is lost",
            ))
        }
    }

    deserializer.deserialize_any(Text(read, expected, PhantomData))
}

/// Deserialises a whole number from itself or, as tables have it, from its text.
pub(crate) fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    from_text(deserializer, "a whole number", str::parse::<u32>)
}

/// Implements `Serialize` as the type's `Display` and `Deserialize` as its `FromStr`.
macro_rules! serde_as_text {
    ($type:ty, $expected:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                $crate::text::from_text(d, $expected, |t| t.parse::<$type>())
            }
        }
    };
}
pub(crate) use serde_as_text;
