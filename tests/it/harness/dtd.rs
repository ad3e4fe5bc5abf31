//! Documents against the official DTDs, by xmllint: a second opinion on what the server writes.
//!
//! The DTDs are not part of this repository; `COUNTERSIGN_SHARED` names the folder that has them.
//! Without it nothing is checked here, which `tests/run` says at its start.

use std::{
    env, fs,
    path::PathBuf,
    process::{self, Command},
    sync::atomic::{AtomicU32, Ordering},
};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Panics with xmllint's words when the document is not valid against the DTD its DOCTYPE names.
pub fn check(document: &str) {
    if let Some(shared) = env::var_os("COUNTERSIGN_SHARED") {
        let dtds = PathBuf::from(shared).join("cxml/dtd");
        if let Err(faults) = validate(document, &dtds) {
            panic!("not valid against the DTD:\n{faults}\n{document}");
        }
    }
}

fn validate(document: &str, dtds: &std::path::Path) -> Result<(), String> {
    let named = document.split_once("<!DOCTYPE").map_or("", |(_, rest)| rest);
    let named = named.split_once('>').map_or("", |(declaration, _)| declaration);
    let known = ["Fulfill.dtd", "InvoiceDetail.dtd", "PaymentRemittance.dtd"];
    let dtd = known.into_iter().find(|name| named.contains(name)).unwrap_or("cXML.dtd");
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let file = env::temp_dir().join(format!("countersign-dtd-{}-{count}.xml", process::id()));
    fs::write(&file, document).unwrap();
    let checked = Command::new("xmllint")
        .args(["--noout", "--nonet", "--dtdvalid"])
        .arg(dtds.join(dtd))
        .arg(&file)
        .output()
        .expect("xmllint is here (tests/run installs it)");
    fs::remove_file(&file).unwrap();
    if checked.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&checked.stderr).into_owned())
}

#[test]
fn an_element_too_much_is_found_where_the_dtds_are() {
    let Some(shared) = env::var_os("COUNTERSIGN_SHARED") else { return };
    let dtds = PathBuf::from(shared).join("cxml/dtd");
    let good = super::documents::setup(
        super::documents::ACME,
        "1@x",
        "ed@acme.example",
        "c",
        "http://127.0.0.1/",
    );
    assert_eq!(validate(&good, &dtds), Ok(()));
    let bad = good.replace("<BuyerCookie>", "<Basket/><BuyerCookie>");
    assert!(validate(&bad, &dtds).is_err_and(|faults| faults.contains("PunchOutSetupRequest")));
}
