//! How cells look: amounts to the penny, rates in percent, headings that stay in sight and are repeated in
//! print.

use domain::worksheet::LineKind;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

/// The format of an amount of this kind.
pub fn amount(kind: LineKind, exact_pennies: bool) -> Format {
    Format::new().set_align(FormatAlign::Top).set_num_format(match kind {
        LineKind::Money if exact_pennies => "#,##0.00;[Red]-#,##0.00",
        LineKind::Money => "#,##0.0000;[Red]-#,##0.0000",
        LineKind::Rate => "0.0000########%",
        LineKind::Count | LineKind::Test | LineKind::Note => "#,##0.############",
    })
}

/// The format of what can be changed.
pub fn parameter() -> Format {
    Format::new().set_background_color(Color::RGB(0x00FF_F2CC)).set_num_format("#,##0.00##########")
}

/// The format of words.
pub fn words() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

/// The format of a title.
pub fn title() -> Format {
    Format::new().set_bold().set_font_size(14)
}

/// The format of a heading.
pub fn heading() -> Format {
    Format::new().set_bold().set_text_wrap().set_border_bottom(FormatBorder::Thin)
}

/// Makes a row as high as its words need in columns of these widths: not every program does so by itself, and
/// rows would overlap in print.
pub fn fit(sheet: &mut Worksheet, row: u32, words: &[(&str, u32)]) -> Result<(), XlsxError> {
    // A letter may be wider than the unit that columns are measured in.
    let lines = words.iter().map(|(text, width)| (text.chars().count() as u32 * 6).div_ceil(width * 5));
    sheet.set_row_height(row, LINE * lines.max().unwrap_or(1).max(1))?;
    Ok(())
}

/// The height of a line, in points.
const LINE: u32 = 15;

/// Names the sheet, writes its headings with their widths in `row`, and sets it up for A4.
pub fn sheet(sheet: &mut Worksheet, name: &str, row: u32, columns: &[(&str, u32)]) -> Result<(), XlsxError> {
    sheet.set_name(name)?.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    for (column, (title, width)) in (0..).zip(columns) {
        sheet.write_with_format(row, column, *title, &heading())?;
        sheet.set_column_width(column, *width)?;
    }
    if row == 0 {
        sheet.set_freeze_panes(1, 0)?.set_repeat_rows(0, 0)?;
    }
    Ok(())
}
