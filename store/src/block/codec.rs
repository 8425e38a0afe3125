//! Lines to Parquet and back.

use std::sync::Arc;

use parquet::basic::{
    Compression, ConvertedType, Encoding, LogicalType, Repetition, Type as Physical, ZstdLevel,
};
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnDescriptor, Type};

use super::{BlockError, Column, Columns, MOST_LINES, Values};

/// Writes lines as one Parquet file with one row group.
///
/// # Errors
/// `Unfit` where the columns do not hold together, see [`Columns::check`].
pub fn encode(columns: &Columns) -> Result<Vec<u8>, BlockError> {
    columns.check()?;
    let unfit = |e: ParquetError| BlockError::Unfit { column: String::new(), what: e.to_string() };
    write(columns).map_err(unfit)
}

/// Reads the wanted columns of a block, or all; a wanted column that the block does not have is left out. The bytes may be
/// anything.
///
/// # Errors
/// `Unreadable` where they are no block.
pub fn decode(bytes: &[u8], wanted: Option<&[&str]>) -> Result<Columns, BlockError> {
    let columns = read(bytes, wanted).map_err(|e| BlockError::Unreadable(e.to_string()))?;
    columns.check().map_err(|e| BlockError::Unreadable(e.to_string()))?;
    Ok(columns)
}

fn write(columns: &Columns) -> Result<Vec<u8>, ParquetError> {
    let fields = columns.columns.iter().map(|column| Ok(Arc::new(field(column)?)));
    let schema = Type::group_type_builder("line").with_fields(fields.collect::<Result<_, ParquetError>>()?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_data_page_row_count_limit(MOST_LINES)
        .set_write_batch_size(MOST_LINES);
    let properties = columns.columns.iter().fold(properties, |properties, column| {
        let path: parquet::schema::types::ColumnPath = column.name.as_ref().into();
        let coded = matches!(column.values, Values::Coded { .. });
        let encoding = match column.values {
            Values::Number(_) => Encoding::DELTA_BINARY_PACKED,
            _ => Encoding::PLAIN,
        };
        properties.set_column_dictionary_enabled(path.clone(), coded).set_column_encoding(path, encoding)
    });
    let mut file =
        SerializedFileWriter::new(Vec::new(), Arc::new(schema.build()?), Arc::new(properties.build()))?;
    let mut group = file.next_row_group()?;
    for column in &columns.columns {
        write_column(&mut group, column)?;
    }
    group.close()?;
    file.into_inner()
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let physical = match column.values {
        Values::Coded { .. } | Values::Text { .. } => Physical::BYTE_ARRAY,
        Values::Decimal { .. } | Values::Number(_) => Physical::INT64,
        Values::Date(_) => Physical::INT32,
    };
    let builder = Type::primitive_type_builder(&column.name, physical);
    match column.values {
        Values::Coded { .. } | Values::Text { .. } => builder.with_logical_type(Some(LogicalType::String)),
        Values::Decimal { scale, .. } => builder
            .with_logical_type(Some(LogicalType::decimal(i32::from(scale), 18)))
            .with_precision(18)
            .with_scale(i32::from(scale)),
        Values::Date(_) => builder.with_logical_type(Some(LogicalType::Date)),
        Values::Number(_) => builder.with_repetition(Repetition::REQUIRED),
    }
    .build()
}

fn write_column(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    column: &Column,
) -> Result<(), ParquetError> {
    let Some(mut writer) = group.next_column()? else { return Ok(()) };
    match &column.values {
        Values::Coded { .. } | Values::Text { .. } => {
            let texts: Vec<Option<&str>> =
                (0..column.values.lines()).map(|n| column.values.text(n)).collect();
            let stated: Vec<ByteArray> = texts.iter().flatten().map(|text| (*text).into()).collect();
            writer.typed::<ByteArrayType>().write_batch(&stated, Some(&levels(&texts)), None)?;
        }
        Values::Decimal { units, .. } => {
            let stated: Vec<i64> = units.iter().flatten().copied().collect();
            writer.typed::<Int64Type>().write_batch(&stated, Some(&levels(units)), None)?;
        }
        Values::Date(days) => {
            let stated: Vec<i32> = days.iter().flatten().copied().collect();
            writer.typed::<Int32Type>().write_batch(&stated, Some(&levels(days)), None)?;
        }
        Values::Number(numbers) => {
            writer.typed::<Int64Type>().write_batch(numbers, None, None)?;
        }
    }
    writer.close()
}

fn levels<T>(values: &[Option<T>]) -> Vec<i16> {
    values.iter().map(|value| i16::from(value.is_some())).collect()
}

fn read(bytes: &[u8], wanted: Option<&[&str]>) -> Result<Columns, ParquetError> {
    let file = SerializedFileReader::new(bytes::Bytes::copy_from_slice(bytes))?;
    let lines = usize::try_from(file.metadata().file_metadata().num_rows())?;
    if file.num_row_groups() != 1 || lines > MOST_LINES {
        return Err(ParquetError::General(format!("it is not one row group of at most {MOST_LINES} lines")));
    }
    let group = file.get_row_group(0)?;
    let mut columns = Vec::new();
    for place in 0..group.num_columns() {
        let chunk = group.metadata().column(place);
        let name = chunk.column_descr().name().to_owned();
        if wanted.is_some_and(|wanted| !wanted.contains(&name.as_str())) {
            continue;
        }
        let coded = chunk.dictionary_page_offset().is_some();
        let values = read_column(group.get_column_reader(place)?, chunk.column_descr(), lines, coded)?;
        columns.push(Column { name: name.into(), values });
    }
    Ok(Columns { lines, columns })
}

fn read_column(
    reader: ColumnReader,
    of: &ColumnDescriptor,
    lines: usize,
    coded: bool,
) -> Result<Values, ParquetError> {
    let optional = of.max_def_level() == 1;
    match reader {
        ColumnReader::ByteArrayColumnReader(reader) => {
            let values = values::<ByteArrayType>(reader, lines, optional)?;
            let texts = values.iter().map(|v| v.as_ref().map_or(Ok(""), ByteArray::as_utf8));
            texts.collect::<Result<Vec<&str>, ParquetError>>().map(|texts| text(&texts, coded))
        }
        ColumnReader::Int64ColumnReader(reader) if of.converted_type() == ConvertedType::DECIMAL => {
            let scale = u8::try_from(of.type_scale())?;
            Ok(Values::Decimal { scale, units: values::<Int64Type>(reader, lines, optional)? })
        }
        ColumnReader::Int64ColumnReader(reader) => {
            Ok(Values::Number(values::<Int64Type>(reader, lines, optional)?.into_iter().flatten().collect()))
        }
        ColumnReader::Int32ColumnReader(reader) => {
            Ok(Values::Date(values::<Int32Type>(reader, lines, optional)?))
        }
        _ => Err(ParquetError::General(format!("the column `{}` has a type that no block has", of.name()))),
    }
}

fn values<T: DataType>(
    mut reader: parquet::column::reader::ColumnReaderImpl<T>,
    lines: usize,
    optional: bool,
) -> Result<Vec<Option<T::T>>, ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    let (read, ..) = reader.read_records(lines, optional.then_some(&mut levels), None, &mut values)?;
    if read != lines {
        return Err(ParquetError::General(format!("it has {read} values for {lines} lines")));
    }
    if !optional {
        return Ok(values.into_iter().map(Some).collect());
    }
    let mut values = values.into_iter();
    Ok(levels.into_iter().map(|level| if level == 1 { values.next() } else { None }).collect())
}

fn text(texts: &[&str], coded: bool) -> Values {
    if !coded {
        let mut whole = String::new();
        let end = |text: &&str| {
            whole.push_str(text);
            whole.len() as u32
        };
        let ends = texts.iter().map(end).collect();
        return Values::Text { ends, text: whole };
    }
    let mut values: Vec<String> = Vec::new();
    let mut places = std::collections::HashMap::new();
    let codes = texts.iter().map(|text| {
        *places.entry(*text).or_insert_with(|| {
            values.push((*text).to_owned());
            values.len() as u32 - 1
        })
    });
    let codes = codes.collect();
    Values::Coded { codes, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_back_as_they_were() {
        let columns = Columns {
            lines: 3,
            columns: vec![
                Column { name: "row".into(), values: Values::Number(vec![2, 3, 9]) },
                Column {
                    name: "pod".into(),
                    values: Values::Coded { codes: vec![0, 1, 0], values: vec!["EL".into(), String::new()] },
                },
                Column {
                    name: "spell".into(),
                    values: Values::Text { ends: vec![2, 2, 5], text: "a1b22".into() },
                },
                Column {
                    name: "value".into(),
                    values: Values::Decimal { scale: 2, units: vec![Some(-120), None, Some(0)] },
                },
                Column { name: "end_date".into(), values: Values::Date(vec![None, Some(-1), Some(20_000)]) },
            ],
        };
        let bytes = encode(&columns).unwrap();
        assert_eq!(decode(&bytes, None).unwrap(), columns);
        let two = decode(&bytes, Some(&["value", "row", "none"])).unwrap();
        assert_eq!(two.columns.iter().map(|c| c.name.as_ref()).collect::<Vec<_>>(), ["row", "value"]);
        assert!(decode(&bytes[..bytes.len() - 9], None).is_err());
    }
}
