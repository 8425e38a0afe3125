//! Blocks from outside: what goes in comes out, for us and for the library's own reader; whatever bytes come,
//! an answer; a block of an earlier release still reads.

use std::path::PathBuf;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use proptest::prelude::*;
use store::block::{BlockError, Column, Columns, MOST_LINES, Values, decode, encode};

fn column(name: &'static str, values: Values) -> Column {
    Column { name: name.into(), values }
}

/// The lines of the golden block: three months of two points of delivery, with what real files leave out.
fn golden() -> Columns {
    let lines = 1_000;
    let each = |of: &dyn Fn(usize) -> usize| (0..lines).map(of).collect::<Vec<_>>();
    let codes = |of: &dyn Fn(usize) -> usize| each(of).into_iter().map(|code| code as u32).collect();
    let texts: Vec<String> = each(&|n| n)
        .into_iter()
        .map(|n| if n % 10 == 3 { String::new() } else { format!("P{:05}", n * 7) })
        .collect();
    let mut end = 0;
    let ends = texts.iter().map(|text| {
        end += text.len() as u32;
        end
    });
    let pods =
        vec!["EL".to_owned(), "NEL".to_owned(), "Ambulatoire Élective".to_owned(), "unused".to_owned()];
    let sites = vec![String::new(), "RXA01".to_owned()];
    let money = |n: usize| if n.is_multiple_of(13) { None } else { Some(n as i64 * 1_234 - 50_000) };
    let days = |n: usize| if n % 50 == 9 { None } else { Some(20_179 + (n % 91) as i32) };
    Columns {
        lines,
        columns: vec![
            column("row", Values::Number(each(&|n| n + n / 100).into_iter().map(|n| n as i64 + 2).collect())),
            column("point_of_delivery_code", Values::Coded { codes: codes(&|n| n % 3), values: pods }),
            column("site_code", Values::Coded { codes: codes(&|n| (n / 4) % 2), values: sites }),
            column("nothing", Values::Coded { codes: vec![0; lines], values: vec![String::new()] }),
            column("local_patient_identifier", Values::Text { ends: ends.collect(), text: texts.concat() }),
            column("end_date", Values::Date((0..lines).map(days).collect())),
            column("count", Values::Decimal { scale: 4, units: vec![Some(10_000); lines] }),
            column("value", Values::Decimal { scale: 2, units: (0..lines).map(money).collect() }),
            column("market_forces_factor", Values::Decimal { scale: 6, units: vec![None; lines] }),
        ],
    }
}

fn golden_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/blocks/golden.parquet")
}

/// What is kept in ledgers stays readable: this file is never written again. The script in `tests/parquet`
/// has DuckDB and pyarrow read it too.
#[test]
fn a_block_of_an_earlier_release_reads() {
    if std::env::var_os("RISKSHARE_REWRITE_BLOCK").is_some() {
        std::fs::write(golden_file(), encode(&golden()).unwrap()).unwrap();
    }
    let read = decode(&std::fs::read(golden_file()).unwrap(), None).unwrap();
    assert_eq!(said(&read), said(&golden()));
    let sum = |name: &str| match &read.column(name).unwrap().values {
        Values::Decimal { units, .. } => units.iter().flatten().sum::<i64>(),
        other => panic!("{name} is {other:?}"),
    };
    // The script asks for the same sums.
    assert_eq!((sum("value"), sum("count")), (523_294_108, 10_000_000));
}

/// What lines say, column by column, however their text is kept.
fn said(columns: &Columns) -> Vec<(String, Vec<String>)> {
    let of_line = |values: &Values, n: usize| match values {
        Values::Coded { .. } | Values::Text { .. } => format!("{:?}", values.text(n)),
        Values::Decimal { scale, units } => format!("{:?} of {scale}", units[n]),
        Values::Date(days) => format!("day {:?}", days[n]),
        Values::Number(numbers) => format!("{}", numbers[n]),
    };
    let said = columns.columns.iter().map(|column| {
        (column.name.to_string(), (0..columns.lines).map(|n| of_line(&column.values, n)).collect())
    });
    said.collect()
}

/// The same by the library's own reader.
fn by_the_library(bytes: Vec<u8>) -> Vec<(String, Vec<String>)> {
    let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let fields = file.metadata().file_metadata().schema().get_fields().to_vec();
    let mut said: Vec<(String, Vec<String>)> =
        fields.iter().map(|field| (field.name().to_owned(), Vec::new())).collect();
    for row in file.get_row_iter(None).unwrap() {
        for (place, (_, value)) in row.unwrap().get_column_iter().enumerate() {
            let info = fields[place].get_basic_info();
            let of_text = info.converted_type() == parquet::basic::ConvertedType::UTF8;
            let of_date = info.converted_type() == parquet::basic::ConvertedType::DATE;
            let scale = match fields[place].as_ref() {
                parquet::schema::types::Type::PrimitiveType { scale, .. } => *scale,
                parquet::schema::types::Type::GroupType { .. } => panic!("a column in a column"),
            };
            said[place].1.push(match value {
                Field::Null if of_text || of_date => format!("{}None", if of_date { "day " } else { "" }),
                Field::Null => format!("None of {scale}"),
                Field::Str(text) => format!("{:?}", Some(text)),
                Field::Decimal(decimal) => {
                    let units = i64::from_be_bytes(decimal.data().try_into().unwrap());
                    format!("{:?} of {scale}", Some(units))
                }
                Field::Date(days) => format!("day {:?}", Some(days)),
                Field::Long(number) => format!("{number}"),
                other => panic!("{other:?}"),
            });
        }
    }
    said
}

fn values(lines: usize) -> impl Strategy<Value = Values> {
    let text = prop_oneof![Just(String::new()), "[A-Z]{1,3}[0-9]{0,4}", "\\PC{0,12}"];
    let texts = proptest::collection::vec(text.clone(), lines);
    let some = |likely: f64| {
        proptest::option::weighted(likely, -999_999_999_999_999_999i64..=999_999_999_999_999_999)
    };
    let few = proptest::option::of(proptest::sample::select(vec![0i64, 1, 12_345, -5]));
    prop_oneof![
        (proptest::collection::vec(text, 1..40), proptest::collection::vec(any::<u32>(), lines)).prop_map(
            |(values, codes)| {
                let codes = codes.iter().map(|code| code % values.len() as u32).collect();
                Values::Coded { codes, values }
            }
        ),
        texts.prop_map(|texts| {
            let mut end = 0;
            let ends = texts.iter().map(|text| {
                end += text.len() as u32;
                end
            });
            Values::Text { ends: ends.collect(), text: texts.concat() }
        }),
        (0..=18u8, proptest::collection::vec(some(0.9), lines))
            .prop_map(|(scale, units)| Values::Decimal { scale, units }),
        (0..=18u8, proptest::collection::vec(few, lines))
            .prop_map(|(scale, units)| Values::Decimal { scale, units }),
        proptest::collection::vec(proptest::option::weighted(0.8, any::<i32>()), lines)
            .prop_map(Values::Date),
        Just(Values::Date(vec![None; lines])),
        proptest::collection::vec(any::<i64>(), lines).prop_map(Values::Number),
        (any::<i32>(), proptest::collection::vec(0..4i64, lines)).prop_map(|(from, steps)| {
            let mut row = i64::from(from);
            Values::Number(
                steps
                    .iter()
                    .map(|step| {
                        row += step;
                        row
                    })
                    .collect(),
            )
        }),
    ]
}

fn columns() -> impl Strategy<Value = Columns> {
    const NAMES: [&str; 6] = ["row", "point_of_delivery_code", "value", "end_date", "x", "count"];
    (0..300usize, 1..=NAMES.len()).prop_flat_map(|(lines, count)| {
        proptest::collection::vec(values(lines), count).prop_map(move |all| {
            let columns = NAMES.iter().zip(all).map(|(name, values)| column(name, values)).collect();
            Columns { lines, columns }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn lines_come_back_as_they_were(lines in columns()) {
        let bytes = encode(&lines).unwrap();
        prop_assert_eq!(said(&decode(&bytes, None).unwrap()), said(&lines));
        let one = decode(&bytes, Some(&["value", "no such column"])).unwrap();
        prop_assert_eq!(one.column("value").is_some(), lines.column("value").is_some());
        prop_assert!(one.columns.len() <= 1);
        prop_assert_eq!(by_the_library(bytes), said(&lines));
    }

    /// Whatever bytes come, the answer is lines that hold together or an error, and in reasonable room.
    #[test]
    fn damaged_bytes_get_an_answer(
        lines in columns(),
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = encode(&lines).unwrap();
        for (place, value) in flips {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        match decode(&bytes, None) {
            Ok(read) => prop_assert!(read.check().is_ok()),
            Err(BlockError::Unreadable(_)) => {}
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn any_bytes_get_an_answer(middle in proptest::collection::vec(any::<u8>(), 0..400), footer in 0..400u32) {
        let bytes = [b"PAR1", middle.as_slice(), &footer.to_le_bytes(), b"PAR1"].concat();
        prop_assert!(matches!(decode(&bytes, None), Err(BlockError::Unreadable(_))));
    }
}

/// Every byte of a small block changed in turn.
#[test]
fn each_byte_changed_gets_an_answer() {
    let mut lines = golden();
    lines.lines = 40;
    for column in &mut lines.columns {
        match &mut column.values {
            Values::Coded { codes, .. } => codes.truncate(40),
            Values::Text { ends, text } => {
                ends.truncate(40);
                text.truncate(ends[39] as usize);
            }
            Values::Decimal { units, .. } => units.truncate(40),
            Values::Date(days) => days.truncate(40),
            Values::Number(numbers) => numbers.truncate(40),
        }
    }
    let bytes = encode(&lines).unwrap();
    let mut refused = 0;
    for place in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut bytes = bytes.clone();
            bytes[place] ^= change;
            match decode(&bytes, None) {
                Ok(read) => assert!(read.check().is_ok()),
                Err(BlockError::Unreadable(_)) => refused += 1,
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(refused > bytes.len() / 2, "{refused}");
}

#[test]
fn what_does_not_hold_together_is_no_block() {
    let refused = |columns: Columns| encode(&columns).unwrap_err().to_string();
    let short = Columns { lines: 2, columns: vec![column("row", Values::Number(vec![1]))] };
    assert_eq!(refused(short), "the column `row` cannot be kept in a block: it has 1 values for 2 lines");
    let row = || column("row", Values::Number(vec![1]));
    let twice = refused(Columns { lines: 1, columns: vec![row(), row()] });
    assert!(twice.ends_with("there are two of this name"), "{twice}");
    let codes = Values::Coded { codes: vec![3], values: vec!["EL".to_owned()] };
    let none = refused(Columns { lines: 1, columns: vec![column("pod", codes)] });
    assert!(none.ends_with("the code 3 is none of its 1 values"), "{none}");
    let large = Values::Decimal { scale: 2, units: vec![Some(1_000_000_000_000_000_000)] };
    let large = refused(Columns { lines: 1, columns: vec![column("value", large)] });
    assert!(large.ends_with("has more than 18 digits"), "{large}");
    let cut = Values::Text { ends: vec![1, 2], text: "é".to_owned() };
    let cut = refused(Columns { lines: 2, columns: vec![column("name", cut)] });
    assert!(cut.ends_with("do not cut its text up"), "{cut}");
    let lines = MOST_LINES + 1;
    let many = refused(Columns { lines, columns: vec![column("row", Values::Number(vec![0; lines]))] });
    assert!(many.contains("50001 lines"), "{many}");
}

/// The form that performance and other readers rest on: one row group, one data page a column, the encodings
/// by name.
#[test]
fn a_block_has_one_row_group_and_one_page_a_column() {
    let file = SerializedFileReader::new(bytes::Bytes::from(encode(&golden()).unwrap())).unwrap();
    let metadata = file.metadata();
    assert_eq!(metadata.num_row_groups(), 1);
    let encodings: Vec<String> = metadata
        .row_group(0)
        .columns()
        .iter()
        .map(|chunk| {
            assert!(chunk.statistics().is_none() && chunk.offset_index_offset().is_none());
            let all: Vec<String> = chunk.encodings().map(|encoding| format!("{encoding}")).collect();
            format!("{} {}", chunk.column_path(), all.join(" "))
        })
        .collect();
    let coded = "PLAIN RLE RLE_DICTIONARY";
    assert_eq!(
        encodings,
        [
            "\"row\" RLE DELTA_BINARY_PACKED".to_owned(),
            format!("\"point_of_delivery_code\" {coded}"),
            format!("\"site_code\" {coded}"),
            "\"nothing\" PLAIN RLE".to_owned(),
            "\"local_patient_identifier\" PLAIN RLE".to_owned(),
            format!("\"end_date\" {coded}"),
            format!("\"count\" {coded}"),
            format!("\"value\" {coded}"),
            "\"market_forces_factor\" PLAIN RLE".to_owned(),
        ]
    );
}
