//! Lines to Parquet: one row group, one page a column after its dictionary. Text with few values, decimals
//! and dates are codes into a dictionary, other text stands as it is, numbers are differences.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::page::{CompressedPage, Page, PageWriteSpec, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, Type};
use zstd::bulk::Compressor;

use super::bits::{put_codes, put_deltas, width};
use super::{BlockError, Column, Columns, MOST_BYTES, Unfit, Values};

/// Higher levels make codes no smaller.
const LEVEL: i32 = 1;

/// Writes lines as one Parquet file with one row group.
///
/// # Errors
/// `Unfit` where the columns do not hold together, see [`Columns::check`], or are more than a block holds.
pub fn encode(columns: &Columns) -> Result<Vec<u8>, BlockError> {
    columns.check()?;
    let unfit = |column: &str, what: String| BlockError::from(Unfit { column: column.to_owned(), what });
    let of_file = |e: ParquetError| unfit("", e.to_string());
    let fields = columns
        .columns
        .iter()
        .map(|column| field(column).map(Arc::new).map_err(|e| unfit(&column.name, e.to_string())));
    let schema = Type::group_type_builder("line").with_fields(fields.collect::<Result<_, BlockError>>()?);
    let schema = Arc::new(schema.build().map_err(of_file)?);
    let properties = WriterProperties::builder()
        .set_created_by("riskshare".to_owned())
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true);
    let mut file =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).map_err(of_file)?;
    let descriptions: Vec<ColumnDescPtr> = file.schema_descr().columns().to_vec();
    let mut group = file.next_row_group().map_err(of_file)?;
    let mut compressor = Compressor::new(LEVEL).map_err(|e| unfit("", e.to_string()))?;
    let mut room = MOST_BYTES;
    for (column, description) in columns.columns.iter().zip(descriptions) {
        let pages = Pages::of(&column.values);
        room = room.checked_sub(pages.bytes()).ok_or_else(|| {
            unfit(&column.name, format!("with it the lines have more than {MOST_BYTES} bytes: cut them"))
        })?;
        let written = pages.write(&mut compressor, description);
        let (chunk, close) = written.map_err(|e| unfit(&column.name, e.to_string()))?;
        group.append_column(&chunk, close).map_err(|e| unfit(&column.name, e.to_string()))?;
    }
    group.close().map_err(of_file)?;
    file.into_inner().map_err(of_file)
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

/// What is written for a column, before compression.
struct Pages {
    lines: usize,
    /// How many lines state nothing.
    nulls: usize,
    /// Whether each line states a value, in runs of bits; empty where every line must.
    levels: Vec<u8>,
    /// How many different values, and the values; nothing where the page has values itself.
    dictionary: Option<(usize, Vec<u8>)>,
    encoding: Encoding,
    page: Vec<u8>,
}

impl Pages {
    fn of(values: &Values) -> Pages {
        match values {
            Values::Coded { codes, values } => {
                // The values may be those of a whole file: only those of these lines are written, in their
                // order.
                let mut places = vec![u32::MAX; values.len()];
                let (mut count, mut dictionary) = (0, Vec::new());
                let codes = codes.iter().map(|code| {
                    let (place, value) = (&mut places[*code as usize], &values[*code as usize]);
                    if *place == u32::MAX && !value.is_empty() {
                        put_text(value, &mut dictionary);
                        *place = count;
                        count += 1;
                    }
                    (*place != u32::MAX).then_some(*place)
                });
                let codes: Vec<Option<u32>> = codes.collect();
                Pages::coded(&codes, count, dictionary)
            }
            Values::Decimal { units, .. } => {
                Pages::interned(units, |units, out| out.extend(units.to_le_bytes()))
            }
            Values::Date(days) => Pages::interned(days, |days, out| out.extend(days.to_le_bytes())),
            Values::Text { ends, text } => {
                let mut page = Vec::with_capacity(text.len() + 4 * ends.len());
                let mut from = 0;
                let texts = ends.iter().map(|end| {
                    let value = &text[from as usize..*end as usize];
                    from = *end;
                    (!value.is_empty()).then(|| put_text(value, &mut page))
                });
                let texts: Vec<Option<()>> = texts.collect();
                let (nulls, levels) = levels(&texts);
                Pages { lines: ends.len(), nulls, levels, dictionary: None, encoding: Encoding::PLAIN, page }
            }
            Values::Number(numbers) => {
                let mut page = Vec::new();
                put_deltas(numbers, &mut page);
                let (encoding, levels) = (Encoding::DELTA_BINARY_PACKED, Vec::new());
                Pages { lines: numbers.len(), nulls: 0, levels, dictionary: None, encoding, page }
            }
        }
    }

    /// Gives each different value a code, in the order in which they come.
    fn interned<T: Copy + Eq + Hash>(values: &[Option<T>], put: impl Fn(T, &mut Vec<u8>)) -> Pages {
        let mut places: HashMap<T, u32, BuildHasherDefault<Mixed>> = HashMap::default();
        let mut dictionary = Vec::new();
        let codes = values.iter().map(|value| {
            let value = (*value)?;
            let next = places.len() as u32;
            Some(*places.entry(value).or_insert_with(|| {
                put(value, &mut dictionary);
                next
            }))
        });
        let codes: Vec<Option<u32>> = codes.collect();
        Pages::coded(&codes, places.len() as u32, dictionary)
    }

    fn coded(codes: &[Option<u32>], count: u32, dictionary: Vec<u8>) -> Pages {
        let (nulls, levels) = levels(codes);
        if nulls == codes.len() {
            let (page, encoding) = (Vec::new(), Encoding::PLAIN);
            return Pages { lines: nulls, nulls, levels, dictionary: None, encoding, page };
        }
        let stated: Vec<u32> = codes.iter().flatten().copied().collect();
        // A width of nothing is allowed, and not every reader knows it.
        let width = width(u64::from(count.saturating_sub(1))).max(1);
        let mut page = vec![width as u8];
        put_codes(&stated, width, &mut page);
        let dictionary = Some((count as usize, dictionary));
        Pages { lines: codes.len(), nulls, levels, dictionary, encoding: Encoding::RLE_DICTIONARY, page }
    }

    fn bytes(&self) -> usize {
        self.levels.len() + self.page.len() + self.dictionary.as_ref().map_or(0, |(_, bytes)| bytes.len())
    }

    /// The bytes of the column's chunk, and what the footer says of them.
    fn write(
        self,
        compressor: &mut Compressor<'_>,
        description: ColumnDescPtr,
    ) -> Result<(Bytes, ColumnCloseResult), ParquetError> {
        let mut sink = TrackedWrite::new(Vec::with_capacity(1024));
        let mut writer = SerializedPageWriter::new(&mut sink);
        let mut sizes = Sizes::default();
        let coded = self.dictionary.is_some();
        if let Some((count, values)) = self.dictionary {
            let buf = compressor.compress(&values)?.into();
            let (num_values, encoding) = (count as u32, Encoding::PLAIN);
            let page = Page::DictionaryPage { buf, num_values, encoding, is_sorted: false };
            sizes.add(&writer.write_page(CompressedPage::new(page, values.len()))?);
        }
        let data_page_offset = sizes.compressed as i64;
        let packed = compressor.compress(&self.page)?;
        let is_compressed = packed.len() < self.page.len();
        let uncompressed = self.levels.len() + self.page.len();
        let page = Page::DataPageV2 {
            num_values: self.lines as u32,
            encoding: self.encoding,
            num_nulls: self.nulls as u32,
            num_rows: self.lines as u32,
            def_levels_byte_len: self.levels.len() as u32,
            rep_levels_byte_len: 0,
            is_compressed,
            statistics: None,
            buf: [self.levels, if is_compressed { packed } else { self.page }].concat().into(),
        };
        sizes.add(&writer.write_page(CompressedPage::new(page, uncompressed))?);
        let encodings = [Encoding::RLE, self.encoding].into_iter().chain(coded.then_some(Encoding::PLAIN));
        let metadata = ColumnChunkMetaData::builder(description)
            .set_compression(Compression::ZSTD(Default::default()))
            .set_encodings(encodings.collect())
            .set_num_values(self.lines as i64)
            .set_total_compressed_size(sizes.compressed as i64)
            .set_total_uncompressed_size(sizes.uncompressed as i64)
            .set_dictionary_page_offset(coded.then_some(0))
            .set_data_page_offset(data_page_offset)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: sizes.compressed as u64,
            rows_written: self.lines as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok((sink.into_inner()?.into(), close))
    }
}

/// The bytes of pages with their headers.
#[derive(Default)]
struct Sizes {
    compressed: usize,
    uncompressed: usize,
}

impl Sizes {
    fn add(&mut self, page: &PageWriteSpec) {
        self.compressed += page.compressed_size;
        self.uncompressed += page.uncompressed_size;
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

/// How many lines state nothing, and which.
fn levels<T>(values: &[Option<T>]) -> (usize, Vec<u8>) {
    let stated: Vec<u32> = values.iter().map(|value| u32::from(value.is_some())).collect();
    let mut levels = Vec::new();
    put_codes(&stated, 1, &mut levels);
    (stated.iter().filter(|stated| **stated == 0).count(), levels)
}

/// A hash for numbers of our own lines; nobody gains by making them collide but whoever sends them.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_i32(&mut self, n: i32) {
        self.write_u64(n as u64);
    }

    fn write_i64(&mut self, n: i64) {
        self.write_u64(n as u64);
    }

    fn write_u64(&mut self, n: u64) {
        let product = u128::from(self.0 ^ n) * 0x9e37_79b9_7f4a_7c15;
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}
