//! Workbooks made by hand: what each kind of cell becomes, which sheet is read, what is refused.

use std::io::Write as _;

use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;
use crate::exchange::catalogue::{Sheet, read as read_any};

const SUPPLIER: SupplierId = SupplierId::from_bits(7);
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// Styles 0 to 5: general, percent, date, five digits, text, two places.
const STYLES: &str = "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"00000\"/></numFmts>\
    <cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"10\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>\
    <xf numFmtId=\"49\"/><xf numFmtId=\"2\"/></cellXfs>";

fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The parts of a workbook with these sheets: name, state, rows.
fn parts(sheets: &[(&str, &str, &str)], strings: &[&str]) -> Vec<(&'static str, String)> {
    let names =
        ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"];
    let listed = sheets.iter().zip(1..).map(|((name, state, _), n)| {
        format!("<sheet name=\"{name}\" sheetId=\"{n}\" state=\"{state}\" r:id=\"rId{n}\"/>")
    });
    let related = (1..=sheets.len()).map(|n| {
        format!(
            "<Relationship Id=\"rId{n}\" Type=\"{RELATIONS}/worksheet\" \
             Target=\"worksheets/sheet{n}.xml\"/>"
        )
    });
    let texts = strings.iter().map(|text| format!("<si><t>{text}</t></si>"));
    let (listed, related) = (listed.collect::<String>(), related.collect::<String>());
    let texts: String = texts.collect();
    let mut all = vec![
        ("[Content_Types].xml", "<Types/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}\"><Relationship Id=\"r1\" \
                 Type=\"{RELATIONS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>{listed}</sheets>\
                 </workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships xmlns=\"{PACKAGE}\">{related}</Relationships>"),
        ),
        ("xl/styles.xml", format!("<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>")),
        (
            "xl/sharedStrings.xml",
            format!("<sst xmlns=\"{MAIN}\" uniqueCount=\"{}\">{texts}</sst>", strings.len()),
        ),
    ];
    for (name, (_, _, rows)) in names.into_iter().zip(sheets) {
        let sheet =
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
        all.push((name, sheet));
    }
    all
}

/// A row of texts and of cells written as markup behind a `!`.
fn row(number: u32, cells: &[&str]) -> String {
    let cells = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(at, cell)| {
        let place = format!("{}{number}", char::from(b'A' + u8::try_from(at).unwrap()));
        match cell.strip_prefix('!') {
            Some(markup) => markup.replacen("<c", &format!("<c r=\"{place}\""), 1),
            None => format!(
                "<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{cell}</t></is></c>"
            ),
        }
    });
    format!("<row r=\"{number}\">{}</row>", cells.collect::<String>())
}

fn sheet_of(rows: &[String]) -> Sheet {
    let bytes = archive(&parts(&[("Catalogue", "visible", &rows.concat())], &["Shared pen"]));
    read(&bytes, SUPPLIER).unwrap()
}

fn refusal(bytes: &[u8]) -> Refusal {
    read_any(bytes, SUPPLIER, crate::base::time::parse_day("2026-11-22").unwrap()).unwrap_err()
}

const HEAD: &[&str] =
    &["SKU", "name", "unit", "price", "currency", "per", "lead time days", "at_site"];

#[test]
fn cells_come_as_a_person_sees_them_and_numbers_are_exact() {
    let sheet = sheet_of(&[
        row(3, HEAD),
        row(
            4,
            &[
                "00042",
                "!<c t=\"s\"><v>0</v></c>",
                "EA",
                "!<c><v>3.5000000000000003E-2</v></c>",
                "EUR",
                "!<c><v>100</v></c>",
                "!<c><v>3</v></c>",
                "!<c t=\"b\"><v>1</v></c>",
            ],
        ),
        row(
            7,
            &[
                "!<c s=\"3\"><v>43</v></c>",
                "  Pen\u{a0}",
                "EA",
                "!<c s=\"5\"><v>1234.5</v></c>",
                " EUR ",
            ],
        ),
        row(
            9,
            &[
                "!<c><v>4711</v></c>",
                "Sum",
                "EA",
                "!<c><f>0.1+0.2</f><v>0.30000000000000004</v></c>",
                "EUR",
                "",
                "",
                "!<c t=\"b\"><v>0</v></c>",
            ],
        ),
        row(10, &["S-1", "Text", "EA", "12.50", "EUR"]),
        row(11, &["", "  ", ""]),
    ]);
    assert_eq!(sheet.faults, []);
    let told: Vec<_> = sheet
        .rows
        .iter()
        .map(|row| (row.line, &*row.item.sku, &*row.item.name, row.price.amount.to_string()))
        .collect();
    let price = str::to_owned;
    let expected = [
        (4, "00042", "Shared pen", price("0.035")),
        (7, "00043", "Pen", price("1234.5")),
        (9, "4711", "Sum", price("0.3")),
        (10, "S-1", "Text", price("12.50")),
    ];
    assert_eq!(told, expected);
    let first = &sheet.rows[0];
    assert_eq!(
        (first.price.per.to_string(), first.item.lead_time_days),
        ("100".to_owned(), Some(3))
    );
    assert!(first.item.at_site && !sheet.rows[1].item.at_site);
}

#[test]
fn a_cell_at_fault_is_named_and_harms_no_other_line() {
    let cases = [
        ("!<c s=\"2\"><v>45000</v></c>", "date"),
        ("!<c s=\"1\"><v>0.05</v></c>", "percentage"),
        ("!<c t=\"e\"><v>#N/A</v></c>", "#N/A"),
        ("!<c t=\"e\"><f>1/0</f><v>#DIV/0!</v></c>", "#DIV/0!"),
        ("!<c><f>A1*2</f></c>", "formula without a result"),
        ("!<c t=\"b\"><v>1</v></c>", "TRUE"),
        ("!<c><v>1E-9</v></c>", "0.000000001"),
        ("!<c><v>1E+20</v></c>", "100000000000000000000"),
        ("!<c><v>-3</v></c>", "-3"),
        ("12,50", "12,50"),
        ("", ""),
    ];
    let mut rows = vec![row(1, HEAD)];
    for ((cell, _), number) in cases.iter().zip(2..) {
        rows.push(row(number, &[&format!("A-{number}"), "Pen", "EA", cell, "EUR"]));
    }
    rows.push(row(20, &["GOOD", "Pen", "EA", "!<c><v>1</v></c>", "EUR"]));
    rows.push(row(21, &["WIDE", "Pen", "EA", "1", "EUR", "", "", "", "blue"]));
    rows.push(row(22, &["!<c t=\"e\"><v>#REF!</v></c>", "Pen", "EA", "1", "EUR"]));
    rows.push(row(23, &["UNIT", "Pen", "QQQ", "1", "EUR"]));
    let sheet = sheet_of(&rows);
    assert_eq!(sheet.rows.iter().map(|row| &*row.item.sku).collect::<Vec<_>>(), ["GOOD"]);
    for (((_, got), number), fault) in cases.iter().zip(2..).zip(&sheet.faults) {
        assert_eq!((fault.line, &*fault.field), (number, &*format!("price (cell D{number})")));
        assert!(fault.got.contains(got) && !fault.expected.is_empty(), "{fault:?}");
        assert_eq!(fault.sku, format!("A-{number}"));
    }
    let rest: Vec<_> =
        sheet.faults[cases.len()..].iter().map(|f| (f.line, &*f.field, &*f.got)).collect();
    assert_eq!(
        rest,
        [(21, "line", "blue"), (22, "sku (cell A22)", "#REF!"), (23, "unit (cell C23)", "QQQ")]
    );
}

#[test]
fn the_first_visible_sheet_with_a_sku_is_read() {
    let head = row(1, HEAD);
    let article = |sku: &str| row(2, &[sku, "Pen", "EA", "1", "EUR"]);
    let notes = row(1, &["Prices of spring"]);
    let (hidden, shown) =
        ([head.clone(), article("OLD")].concat(), [head, article("NEW")].concat());
    let sheets =
        [("Notes", "visible", &*notes), ("Old", "hidden", &hidden), ("List", "visible", &shown)];
    let sheet = read(&archive(&parts(&sheets, &[])), SUPPLIER).unwrap();
    assert_eq!(sheet.rows[0].item.sku, "NEW");
    let none = refusal(&archive(&parts(&sheets[..2], &[])));
    assert_eq!((none.code, none.got.as_deref()), ("bad-columns", Some("Prices of spring")));
    let missing = row(4, &["sku", "name", "unit", "price"]);
    let missing = refusal(&archive(&parts(&[("List", "visible", &missing)], &[])));
    assert_eq!(
        (missing.field.as_deref(), missing.got.as_deref()),
        (Some("line 4"), Some("no currency"))
    );
    let empty = refusal(&archive(&parts(&[("List", "visible", "")], &[])));
    assert!(empty.got.unwrap().contains("no visible sheet"));
}

#[test]
fn other_files_are_named() {
    let compound = |name: &str| {
        let wide = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes);
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(512, 0);
        bytes.extend(wide);
        bytes
    };
    let zipped = |name: &'static str| {
        archive(&[("[Content_Types].xml", String::new()), (name, String::new())])
    };
    for (bytes, named) in [
        (compound("EncryptedPackage"), "password"),
        (compound("Workbook"), "XLS workbook"),
        (compound("WordDocument"), "no XLSX"),
        (zipped("xl/workbook.bin"), "XLSB"),
        (zipped("META-INF/manifest.xml"), "OpenDocument"),
        (zipped("word/document.xml"), "no XLSX"),
        (archive(&[("readme.txt", "hello".to_owned())]), "no XLSX"),
    ] {
        let refusal = refusal(&bytes);
        assert_eq!(refusal.code, "format-not-supported");
        assert!(refusal.got.as_deref().is_some_and(|got| got.contains(named)), "{refusal:?}");
    }
}

#[test]
fn bombs_and_lying_parts_are_refused_before_they_cost_anything() {
    let with = |name: &str, text: String| {
        let mut all = parts(&[("List", "visible", &row(1, HEAD))], &[]);
        all.iter_mut().filter(|(own, _)| *own == name).for_each(|(_, own)| *own = text.clone());
        refusal(&archive(&all)).got.unwrap()
    };
    let large = with("xl/styles.xml", " ".repeat(5 << 20));
    assert!(large.contains("bytes unpacked in xl/styles.xml"), "{large}");
    let rows = row(1, HEAD).repeat(1_000);
    let long = archive(&parts(&[("List", "visible", &rows)], &[]));
    assert!(long.len() < 20_000 && archive::within(&long, 1 << 20).is_ok());
    let sheet = archive::within(&long, 1 << 18).unwrap_err().got.unwrap();
    assert!(sheet.contains("bytes unpacked in xl/worksheets"), "{sheet}");
    let lying = with("xl/sharedStrings.xml", format!("<sst uniqueCount = '{}'/>", u64::MAX));
    assert!(lying.contains("count of"), "{lying}");
    let other =
        with("xl/sharedStrings.xml", "<?xml version='1.0' encoding='utf-16'?><sst/>".to_owned());
    assert!(other.contains("encoding"), "{other}");
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let sheet = sheet_of(&[row(1, HEAD), row(2, &["A", "Pen", "EA", "1", "EUR"]), far.to_owned()]);
    assert_eq!(
        (sheet.rows.len(), sheet.faults[0].line, &*sheet.faults[0].field),
        (1, 1_048_576, "line")
    );
    let wide = "<row r=\"1\"><c r=\"XFD1\" t=\"inlineStr\"><is><t>sku</t></is></c></row>";
    let refusal = refusal(&archive(&parts(&[("List", "visible", wide)], &[])));
    assert!(refusal.got.unwrap().contains("16384 columns"));
}

#[test]
fn no_damage_brings_the_reader_down() {
    let article = ["A", "!<c t=\"s\"><v>0</v></c>", "EA", "!<c><v>1</v></c>", "EUR"];
    let rows = [row(1, HEAD), row(2, &article)].concat();
    let whole = parts(&[("List", "visible", &rows)], &["Pen"]);
    let today = crate::base::time::parse_day("2026-11-22").unwrap();
    for part in 1..whole.len() {
        for at in (0..whole[part].1.len()).step_by(13) {
            for damage in ["<", "\"", "9999999999", ":", "&"] {
                let mut damaged = whole.clone();
                damaged[part].1.insert_str(at, damage);
                let _ = read_any(&archive(&damaged), SUPPLIER, today);
            }
        }
    }
    let bytes = archive(&whole);
    for length in 0..bytes.len() {
        let _ = read_any(&bytes[..length], SUPPLIER, today);
    }
}
