//! Reading cXML against quick-xml's bare event loop, in one run.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::{hint::black_box, time::Duration};

use countersign::cxml::{self, tree};
use quick_xml::{Reader, events::Event};

use common::{memory_kib, ratio, repeat, report};

const WHILE: Duration = Duration::from_millis(1500);

fn main() {
    println!("codec: MB/s and ratios to quick-xml's bare event loop of the same run");
    let setup = setup();
    let small = measure("PunchOutSetupRequest of 4 KB", &setup);
    report("  decode, microseconds", small, "");
    for lines in [1_000, 5_000] {
        let order = order(lines);
        measure(&format!("OrderRequest of {lines} lines"), &order);
    }
    let order = order(5_000);
    let before = reset_peak();
    black_box(cxml::decode(order.as_bytes(), None).expect("decodes"));
    let grown = memory_kib("self", "VmHWM:").saturating_sub(before);
    let times = ratio(u128::from(grown) * 1024, order.len() as u128);
    report("peak memory of decode, times the document", times, "asked: at most 12");
}

/// Prints rates of one document; answers microseconds of one decode.
fn measure(name: &str, text: &str) -> u128 {
    println!("{name}, {} bytes", text.len());
    let speed = |work: &mut dyn FnMut()| {
        let (count, took) = repeat(WHILE, work);
        u128::from(count) * text.len() as u128 * 1_000 / took.as_nanos().max(1)
    };
    let bare = speed(&mut || {
        let mut reader = Reader::from_str(text);
        loop {
            match black_box(reader.read_event().expect("well-formed")) {
                Event::Eof => break,
                _ => continue,
            }
        }
    });
    let tree = speed(&mut || drop(black_box(tree::parse(text).expect("well-formed"))));
    let decode = speed(&mut || {
        drop(black_box(cxml::decode(text.as_bytes(), None).expect("decodes")));
    });
    let document = cxml::decode(text.as_bytes(), None).expect("decodes");
    let encode = speed(&mut || drop(black_box(cxml::encode(&document))));
    report("  quick-xml's bare events, MB/s", bare, "");
    report("  gate and tree, everything kept, ratio", ratio(tree, bare), "asked: at least 0.35");
    report("  decode into typed documents, ratio", ratio(decode, bare), "asked: at least 0.35");
    let check = speed(&mut || drop(black_box(cxml::examine(text.as_bytes()))));
    report("  reading and schema check, times decode", ratio(decode, check), "asked: at most 2.5");
    report("  encode, ratio", ratio(encode, bare), "");
    text.len() as u128 / decode.max(1)
}

fn reset_peak() -> u64 {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    memory_kib("self", "VmRSS:")
}

const HEADER: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">
<cXML payloadID="1@bench.example" timestamp="2026-11-21T09:00:00+00:00" xml:lang="en">
<Header><From><Credential domain="NetworkId"><Identity>AN01000000001</Identity></Credential></From>
<To><Credential domain="DUNS"><Identity>999999999</Identity></Credential></To>
<Sender><Credential domain="NetworkId"><Identity>AN01000000001</Identity><SharedSecret>s</SharedSecret></Credential><UserAgent>bench</UserAgent></Sender></Header>
"#;

fn setup() -> String {
    let extrinsics: String = (0..40)
        .map(|n| format!("<Extrinsic name=\"Field{n}\">value of field number {n}</Extrinsic>\n"))
        .collect();
    format!(
        "{HEADER}<Request><PunchOutSetupRequest operation=\"create\"><BuyerCookie>c</BuyerCookie>\
         {extrinsics}<BrowserFormPost><URL>https://buyer.example/return</URL></BrowserFormPost>\
         </PunchOutSetupRequest></Request></cXML>"
    )
}

fn order(lines: usize) -> String {
    let items: String = (1..=lines)
        .map(|n| {
            format!(
                "<ItemOut quantity=\"{n}\" lineNumber=\"{n}\">\n  <ItemID><SupplierPartID>SKU-{n}</SupplierPartID>\
                 <SupplierPartAuxiliaryID>aux &amp; {n}</SupplierPartAuxiliaryID></ItemID>\n  <ItemDetail>\n    \
                 <UnitPrice><Money currency=\"EUR\">12.50</Money></UnitPrice>\n    \
                 <Description xml:lang=\"en\">Hexagon bolt number {n}, zinc plated, Größe {n}</Description>\n    \
                 <UnitOfMeasure>EA</UnitOfMeasure>\n    <Classification domain=\"UNSPSC\">31161501</Classification>\n    \
                 <ManufacturerPartID>M-{n}</ManufacturerPartID>\n  </ItemDetail>\n</ItemOut>\n"
            )
        })
        .collect();
    format!(
        "{HEADER}<Request><OrderRequest><OrderRequestHeader orderID=\"O-1\" orderDate=\"2026-11-21\">\
         <Total><Money currency=\"EUR\">1.00</Money></Total><BillTo><Address><Name xml:lang=\"en\">Acme</Name>\
         </Address></BillTo></OrderRequestHeader>\n{items}</OrderRequest></Request></cXML>"
    )
}
