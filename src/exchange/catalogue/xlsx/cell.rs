//! A cell of a workbook as the text that a person sees in it, or what is wrong with it.
//!
//! A workbook keeps a number as a binary fraction, 0.035 as 3.5000000000000003E-2. What was typed,
//! and what is shown, has at most 15 digits, and that many survive the binary fraction unharmed: so
//! the 15 digits are taken, as text. Nothing here reckons with a float.

use calamine::DataRef;

/// Digits of a number that a spreadsheet keeps.
const DIGITS: i32 = 15;
const PLAIN: &str = "a plain number or text; format the cell as text where it is no number";
const KEPT: &str = "at most 15 digits, which is what a spreadsheet keeps; format the cell as text";

/// What a cell shows; else what was got, and what would have been right.
pub(super) type Shown = Result<String, (String, &'static str)>;

/// Reads a cell with the code of its number format.
pub(super) fn shown(value: &DataRef<'_>, format: &str) -> Shown {
    match value {
        DataRef::Empty => Ok(String::new()),
        DataRef::String(text) => Ok(text.clone()),
        DataRef::SharedString(text) => Ok((*text).to_owned()),
        DataRef::Bool(yes) => Ok(if *yes { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::Int(number) => Ok(number.to_string()),
        DataRef::Float(number) => match decimal(&format!("{number:.14e}")) {
            Some(digits) => in_format(digits, format),
            None => Err((number.to_string(), KEPT)),
        },
        DataRef::DateTime(_) => Err(("a date or a time".to_owned(), PLAIN)),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Err((text.clone(), PLAIN)),
        DataRef::Error(fault) => {
            Err((fault.to_string(), "a value; what the sheet shows here is an error"))
        }
    }
}

/// A percentage is no plain number; a code shown as `00042` has its zeros.
fn in_format(number: String, format: &str) -> Shown {
    if is_percent(format) {
        return Err((format!("{number} shown as a percentage"), PLAIN));
    }
    let zeros = format.len() > 1 && format.bytes().all(|byte| byte == b'0');
    let whole = number.bytes().all(|byte| byte.is_ascii_digit());
    match zeros && whole {
        true => Ok(format!("{number:0>width$}", width = format.len())),
        false => Ok(number),
    }
}

/// Whether a percent sign stands in the format outside quotes and behind no backslash.
fn is_percent(format: &str) -> bool {
    let (mut quoted, mut escaped) = (false, false);
    for c in format.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '%' if !quoted => return true,
            _ => {}
        }
    }
    false
}

/// Of 15 digits with an exponent the number in plain ones, without zeros at the end; nothing for
/// what has more of them before the point, or is no number.
fn decimal(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once('e')?;
    let exponent: i32 = exponent.parse().ok()?;
    if exponent >= DIGITS {
        return None;
    }
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", mantissa),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if digits.is_empty() {
        return Some("0".to_owned());
    }
    // Digits before the point; none for what is below one.
    let whole = usize::try_from(exponent + 1).unwrap_or_default();
    let zeros = usize::try_from(-1 - exponent).unwrap_or_default();
    Some(match digits.split_at_checked(whole) {
        _ if whole == 0 => format!("{sign}0.{}{digits}", "0".repeat(zeros)),
        Some((all, "")) => format!("{sign}{all}"),
        Some((before, behind)) => format!("{sign}{before}.{behind}"),
        None => format!("{sign}{digits:0<whole$}"),
    })
}

/// What follows the field of a fault: ` (cell D5)`.
pub(super) fn place(line: u64, column: usize) -> String {
    format!(" (cell {}{line})", letters(column))
}

/// A column as a spreadsheet names it: A, Z, AA.
fn letters(column: usize) -> String {
    let mut name = Vec::new();
    let mut left = column + 1;
    while left > 0 {
        let letter = u8::try_from((left - 1) % 26).unwrap_or_default();
        name.push(char::from(b'A' + letter));
        left = (left - 1) / 26;
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a cell shows whose number the file writes so.
    fn number(kept: &str) -> String {
        let shown = shown(&DataRef::Float(kept.parse().unwrap()), "General");
        shown.unwrap_or_else(|(got, _)| format!("refused {got}"))
    }

    #[test]
    fn numbers_are_those_a_person_sees_and_never_binary_dust() {
        for (kept, seen) in [
            ("0", "0"),
            ("-0", "0"),
            ("1", "1"),
            ("0.035", "0.035"),
            ("3.5000000000000003E-2", "0.035"),
            ("1234.5", "1234.5"),
            ("1E-3", "0.001"),
            ("1E3", "1000"),
            ("0.30000000000000004", "0.3"),
            ("3.3000000000000003", "3.3"),
            ("0.99999999999999989", "1"),
            ("-12.5", "-12.5"),
            ("4711", "4711"),
            ("123456789012345", "123456789012345"),
            ("99.99", "99.99"),
            ("1E-9", "0.000000001"),
        ] {
            assert_eq!(number(kept), seen, "{kept}");
        }
        for kept in ["1E15", "1234567890123456", "inf", "NaN"] {
            assert!(number(kept).starts_with("refused"), "{kept}");
        }
    }

    #[test]
    fn every_price_of_two_and_of_four_places_comes_back_as_it_was_typed() {
        for cents in 0..20_000_u32 {
            for (places, unit) in [(2, 100), (4, 10_000)] {
                let typed = format!("{}.{:0places$}", cents / unit, cents % unit);
                let expected = typed.trim_end_matches('0').trim_end_matches('.');
                assert_eq!(number(&typed), expected);
            }
        }
    }

    #[test]
    fn formats_show_zeros_in_front_and_percentages_are_refused() {
        let shown = |format: &str| shown(&DataRef::Float(42.0), format);
        assert_eq!(shown("General").unwrap(), "42");
        assert_eq!(shown("0").unwrap(), "42");
        assert_eq!(shown("00000").unwrap(), "00042");
        assert_eq!(shown("#,##0.00").unwrap(), "42");
        assert_eq!(shown("0.00\" %\"").unwrap(), "42");
        assert!(shown("0.00%").unwrap_err().0.contains("percentage"));
    }

    #[test]
    fn columns_have_letters() {
        let named =
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        for (column, name) in named {
            assert_eq!(letters(column), name);
        }
        assert_eq!(place(5, 3), " (cell D5)");
    }
}
