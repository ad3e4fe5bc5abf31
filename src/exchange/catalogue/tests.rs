//! Good files, bad lines and other formats.

use super::*;

const SUPPLIER: SupplierId = SupplierId::from_bits(7);

fn sheet(text: &str) -> Sheet {
    read(text.as_bytes(), SUPPLIER, Day::MAX).unwrap()
}

fn refusal(bytes: &[u8]) -> Refusal {
    read(bytes, SUPPLIER, Day::MAX).unwrap_err()
}

#[test]
fn columns_stand_in_any_order_with_any_mark_between() {
    for mark in [",", ";", "\t"] {
        let text = "\u{FEFF}Currency|SKU|Name|Unit|Price|per\r\nEUR|B-8|\"Bolt, \"\"M8\"\"\"|EA|\
                    3.5|100\r\n\r\n"
            .replace('|', mark);
        let sheet = sheet(&text);
        assert_eq!(sheet.faults, [], "{mark:?}");
        let row = &sheet.rows[0];
        assert_eq!(
            (row.line, row.item.sku.as_str(), row.item.name.as_str()),
            (2, "B-8", "Bolt, \"M8\"")
        );
        assert_eq!(
            (row.price.amount.to_string(), row.price.per.to_string()),
            ("3.5".to_owned(), "100".to_owned())
        );
        assert_eq!(row.min_quantity, Quantity::ONE);
    }
}

#[test]
fn further_lines_of_a_number_add_prices_and_must_agree() {
    let sheet = sheet(
        "sku,name,unit,price,currency,min_quantity,organisation\n\
         A,Pen,EA,1.00,EUR,,\nA,,,0.90,EUR,100,\nA,,,0.80,EUR,,acme\nA,Pencil,EA,1,USD,,\n",
    );
    assert_eq!(sheet.rows.len(), 3);
    assert!(sheet.rows.iter().all(|row| row.item.name == "Pen" && row.item.unit == "EA"));
    assert_eq!(sheet.rows[2].organisation.as_deref(), Some("acme"));
    let fault = &sheet.faults[0];
    assert_eq!((fault.line, fault.field.as_str(), fault.got.as_str()), (5, "name", "Pencil"));
}

#[test]
fn a_bad_line_is_named_with_its_field_and_harms_no_other() {
    let sheet = sheet(
        "sku,name,unit,price,currency,unspsc\n\
         A,Pen,EA,1.00,EUR,\n\n\nB,Pen,EA,1E2,EUR,\nC,Pen,EA,1,euro,\nD,,EA,1,EUR,\n\
         E,Pen,EA,1,EUR,43\n,Pen,EA,1,EUR,\nG,Pen,EA,-1,EUR,\nH,Pen,EA,\"1,5\",EUR,\n",
    );
    assert_eq!(sheet.rows.len(), 1);
    let faults: Vec<_> = sheet.faults.iter().map(|f| (f.line, f.field.as_str())).collect();
    let fields = ["price", "currency", "name", "unspsc", "sku", "price", "price"];
    assert_eq!(faults, (5..).zip(fields).collect::<Vec<_>>());
    assert!(sheet.faults.iter().all(|fault| !fault.expected.is_empty()));
}

#[test]
fn unknown_units_and_cells_beyond_the_head_are_named() {
    let sheet = sheet(
        "sku,name,unit,price,currency,description\n\
         A,Pen,ea,1.00,EUR,fine\nB,Pen,QQQ,1.00,EUR,\nC,Pen,EA,1.00,EUR,fine pen, blue\n",
    );
    assert_eq!(sheet.rows.len(), 1);
    let told: Vec<_> = sheet.faults.iter().map(|f| (f.line, &*f.field, &*f.got)).collect();
    assert_eq!(told, [(3, "unit", "QQQ"), (4, "line", "blue")]);
}

#[test]
fn spreadsheet_formulas_stay_text() {
    let sheet = sheet("sku,name,unit,price,currency\nA,\"=HYPERLINK(\"\"x\"\")\",EA,1,EUR\n");
    assert_eq!(sheet.rows[0].item.name, "=HYPERLINK(\"x\")");
}

#[test]
fn other_formats_and_unknown_columns_are_refused_by_name() {
    assert_eq!(refusal(b"PK\x03\x04rest").code, "xlsx-unreadable");
    assert_eq!(refusal(b"<Index>").code, "xml-unreadable");
    assert!(refusal(b"<?xml version='1.0'?><Workbook/>").got.unwrap().contains("Workbook"));
    assert!(refusal(b"CIF_I_V3.0\nLOADMODE: F").got.unwrap().contains("DATA"));
    assert_eq!(refusal(b"sku,name\xFC").code, "format-not-supported");
    assert_eq!(refusal(b"sku,name,unit,price\n").got.as_deref(), Some("no currency"));
    assert_eq!(refusal(b"sku,colour\n").got.as_deref(), Some("colour"));
    assert_eq!(refusal(b"sku,sku\n").code, "bad-columns");
    assert_eq!(refusal(b"").code, "bad-columns");
}

#[test]
fn a_quote_that_is_never_closed_is_named_and_swallows_nothing() {
    let head = "sku,name,unit,price,currency\n";
    let open = format!("{head}A-1,\"Pipe 3/4,EA,1.00,EUR\nA-2,Rod,EA,1.00,EUR\n");
    let got = refusal(open.as_bytes()).got.unwrap();
    assert!(got.contains("line 2"), "{got}");
    // Inside a cell a quote is a sign like another, and doubled ones are one.
    for good in ["Pipe 3/4\"", "\"a \"\"b\"\" c\"", "\"two\nlines\"", "\"\""] {
        assert_eq!(open_quote(&format!("{head}A-1,{good},EA,1.00,EUR\n"), b','), None, "{good}");
    }
}

#[test]
fn pasted_xml_is_no_longer_in_the_encoding_that_it_says() {
    let text = |text: &str| String::from_utf8(of_text(text.to_owned())).unwrap();
    assert_eq!(text("<?xml version='1.0'\n encoding='ISO-8859-1'?>\n<a>\u{fc}"), "\n\n<a>\u{fc}");
    assert_eq!(text("sku,name"), "sku,name");
    let index = "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-16\"?><Index/>";
    assert_eq!(read(&of_text(index.to_owned()), SUPPLIER, Day::MAX), Ok(Sheet::default()));
}

#[test]
fn the_most_lines_are_read_and_one_more_is_refused() {
    let mut reading = Reading::new(SUPPLIER, line::Columns::new(), |_, _| String::new());
    let fault = |line: usize| Fault {
        line: line.try_into().unwrap(),
        sku: String::new(),
        field: String::new(),
        got: String::new(),
        expected: String::new(),
    };
    reading.sheet.faults = (1..MAX_LINES).map(fault).collect();
    assert_eq!(reading.need_room(), Ok(()));
    reading.sheet.faults.push(fault(MAX_LINES));
    assert_eq!(reading.need_room().unwrap_err().code, "too-many-lines");
}
