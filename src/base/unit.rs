//! Units of measure: codes of UN/ECE Recommendation 20 and 21, the habits of procurement systems,
//! and the map of one connection.
//!
//! A procurement system drops a line whose unit it does not know, without a word, so an unknown
//! unit is a named fault and never a silent `EA`. What counts as a code of the recommendations is
//! asked of `cefact-units`, current codes alone: `BX`, `PK` or `PF` were deleted from them years
//! ago and stand in catalogues all the same.

use std::collections::BTreeMap;

use cefact_units::{Status, UnitCode};
use serde::Deserialize;

/// How a procurement system writes units when nothing else is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Style {
    /// The codes that SAP calls ISO, at most three characters: `PCE`, `CT`.
    #[default]
    Sap,
    /// ANSI X12 355, as American cXML has it: `EA`, `CT`, `LB`.
    X12,
    /// Current codes of the recommendations alone, as Peppol wants them: `H87`, `XCT`.
    Recommendation,
    /// As the catalogue has it, when it is a code that means something.
    AsIs,
}

/// A code of the recommendations, SAP's, X12's, and further spellings that are read as it.
struct Row {
    code: &'static str,
    sap: &'static str,
    x12: &'static str,
    more: &'static [&'static str],
}

const fn row(
    code: &'static str,
    sap: &'static str,
    x12: &'static str,
    more: &'static [&'static str],
) -> Row {
    Row { code, sap, x12, more }
}

/// The habit of a fresh SAP system, and of American suppliers. The first row that names a code wins
/// when reading.
const SHIPPED: &[Row] = &[
    row("EA", "EA", "EA", &["EACH"]),
    row("H87", "PCE", "PC", &["PCS", "ST", "STK"]),
    row("C62", "PCE", "EA", &[]),
    row("PR", "PR", "PR", &["NPR", "PAA"]),
    row("DZN", "DZN", "DZ", &[]),
    row("SET", "SET", "ST", &["KIT"]),
    row("XCT", "CT", "CT", &["KAR", "CTN"]),
    row("XPK", "PK", "PK", &["PAK", "PAC"]),
    row("XPA", "PA", "PA", &[]),
    row("XBX", "BX", "BX", &["BOX"]),
    row("XBG", "BG", "BG", &["BAG"]),
    row("XRO", "RO", "RL", &["ROL"]),
    row("XBO", "BO", "BO", &["FLA", "BT"]),
    row("XCA", "CA", "CN", &["KAN"]),
    row("XCS", "CS", "CS", &["CSE"]),
    row("XDR", "DR", "DR", &["DRM"]),
    row("XTU", "TU", "TB", &[]),
    row("XPF", "PF", "PL", &["PAL"]),
    row("XPX", "PX", "PF", &[]),
    row("RM", "RM", "RM", &[]),
    row("MGM", "MGM", "ME", &["MG"]),
    row("GRM", "GRM", "GR", &["G"]),
    row("KGM", "KGM", "KG", &[]),
    row("TNE", "TNE", "MP", &["TO"]),
    row("LBR", "LBR", "LB", &[]),
    row("MMT", "MMT", "MM", &[]),
    row("CMT", "CMT", "CM", &[]),
    row("MTR", "MTR", "MR", &["M"]),
    row("KMT", "KMT", "DK", &["KM"]),
    row("INH", "INH", "IN", &[]),
    row("FOT", "FOT", "FT", &[]),
    row("MTK", "MTK", "SM", &["M2"]),
    row("MTQ", "MTQ", "CR", &["M3"]),
    row("MLT", "MLT", "ML", &[]),
    row("LTR", "LTR", "LT", &["L"]),
    row("MIN", "MIN", "MJ", &[]),
    row("HUR", "HUR", "HR", &["H", "STD"]),
    row("DAY", "DAY", "DA", &["TAG"]),
    row("WEE", "WEE", "WK", &["WCH"]),
    row("MON", "MON", "MO", &[]),
    row("ANN", "ANN", "YR", &["JHR"]),
    row("KWH", "KWH", "KH", &[]),
    row("LS", "LS", "LS", &[]),
    row("ACT", "ACT", "AT", &["LE", "AU"]),
    row("E48", "ACT", "SV", &[]),
    row("P1", "P1", "P1", &["%"]),
];

impl Row {
    fn written(&self, style: Style) -> &'static str {
        match style {
            Style::Sap => self.sap,
            Style::X12 => self.x12,
            Style::Recommendation | Style::AsIs => self.code,
        }
    }

    fn has(&self, code: &str) -> bool {
        let mut names =
            [self.code, self.sap, self.x12].into_iter().chain(self.more.iter().copied());
        names.any(|name| name.eq_ignore_ascii_case(code))
    }
}

/// The row of a code: as the recommendations have it, else whatever names it.
fn row_of(code: &str) -> Option<&'static Row> {
    let exact = SHIPPED.iter().find(|row| row.code.eq_ignore_ascii_case(code));
    exact.or_else(|| SHIPPED.iter().find(|row| row.has(code)))
}

/// The code of the recommendations as they write it, when it is current today.
pub fn current(code: &str) -> Option<&'static str> {
    let known = UnitCode::from_code_ignore_case(code)?;
    (known.status() == Status::Current).then(|| known.as_str())
}

/// The code of Recommendation 20 or 21 that a text means: a current one, else what trade habit
/// takes it for (`PCE`, `CT`, `BOX`).
pub fn meant(text: &str) -> Option<&'static str> {
    current(text).or_else(|| row_of(text).map(|row| row.code))
}

/// The units of one connection: a style, and what the connection says differently.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitMap {
    pub style: Style,
    /// Whether a unit that nobody knows goes on as it stands; else it is a named fault.
    pub pass_unknown: bool,
    /// Ours to theirs, asked first.
    pub out: BTreeMap<String, String>,
    /// Theirs to ours, asked first; what `out` says is read back without being said here.
    #[serde(rename = "in")]
    pub back: BTreeMap<String, String>,
}

impl UnitMap {
    /// SAP's habit, and nothing else.
    pub fn shipped() -> Self {
        Self::default()
    }

    /// This map with `ours` written as `theirs` and read back so.
    #[must_use]
    pub fn with(mut self, ours: &str, theirs: &str) -> Self {
        self.out.insert(ours.to_owned(), theirs.to_owned());
        self
    }

    /// The other side's code for a unit of ours. Codes that are no current codes but that
    /// catalogues carry (`PCE`, `CT`, `BOX`) are taken for what they mean.
    pub fn to_theirs<'a>(&'a self, ours: &'a str) -> Option<&'a str> {
        let own = self.out.iter().find(|(from, _)| from.eq_ignore_ascii_case(ours));
        if let Some((_, theirs)) = own {
            return Some(theirs);
        }
        let known = match self.style {
            Style::AsIs => meant(ours).map(|_| ours),
            Style::Recommendation => meant(ours),
            style => row_of(ours).map(|row| row.written(style)).or_else(|| current(ours)),
        };
        known.or((self.pass_unknown && !ours.is_empty()).then_some(ours))
    }

    /// Our code for a unit of the other side.
    pub fn to_ours<'a>(&'a self, theirs: &'a str) -> Option<&'a str> {
        let said = self.back.iter().find(|(from, _)| from.eq_ignore_ascii_case(theirs));
        let said = said.map(|(_, ours)| ours);
        let own = || self.out.iter().find(|(_, to)| to.eq_ignore_ascii_case(theirs));
        if let Some(ours) = said.or_else(|| own().map(|(ours, _)| ours)) {
            return Some(ours);
        }
        let exact = SHIPPED.iter().find(|row| row.written(self.style).eq_ignore_ascii_case(theirs));
        let known = match self.style {
            Style::AsIs => meant(theirs).map(|_| theirs),
            Style::Recommendation => meant(theirs),
            _ => exact.map(|row| row.code).or_else(|| meant(theirs)),
        };
        known.or((self.pass_unknown && !theirs.is_empty()).then_some(theirs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_codes_cross_over_and_come_back() {
        let map = UnitMap::shipped();
        for (ours, theirs) in [
            ("EA", "EA"),
            ("H87", "PCE"),
            ("XCT", "CT"),
            ("XPK", "PK"),
            ("KGM", "KGM"),
            ("DZN", "DZN"),
            ("HUR", "HUR"),
        ] {
            assert_eq!(map.to_theirs(ours), Some(theirs));
            assert_eq!(map.to_ours(theirs), Some(ours));
        }
        assert_eq!(map.to_theirs("C62"), Some("PCE"));
        assert_eq!(map.to_theirs("pce"), Some("PCE"));
        assert_eq!(map.to_ours("KAR"), Some("XCT"));
    }

    #[test]
    fn an_unknown_unit_is_never_each() {
        for style in [Style::Sap, Style::X12, Style::Recommendation, Style::AsIs] {
            let map = UnitMap { style, ..UnitMap::default() };
            for unknown in ["", "Q?Q", "EAA", "E A"] {
                assert_eq!(map.to_theirs(unknown), None);
                assert_eq!(map.to_ours(unknown), None);
            }
        }
        let map = UnitMap { pass_unknown: true, ..UnitMap::default() };
        assert_eq!((map.to_theirs("XYZ"), map.to_theirs("")), (Some("XYZ"), None));
    }

    #[test]
    fn a_connection_overrides_the_shipped_table() {
        let map = UnitMap::shipped().with("EA", "ST").with("XYZ", "Z1");
        assert_eq!(map.to_theirs("EA"), Some("ST"));
        assert_eq!(map.to_ours("ST"), Some("EA"));
        assert_eq!(map.to_ours("Z1"), Some("XYZ"));
        assert_eq!(map.to_theirs("KGM"), Some("KGM"));
    }

    #[test]
    fn every_shipped_row_is_current_fits_three_characters_and_comes_back() {
        for style in [Style::Sap, Style::X12, Style::Recommendation] {
            let map = UnitMap { style, ..UnitMap::default() };
            for row in SHIPPED {
                assert_eq!(current(row.code), Some(row.code));
                let theirs = map.to_theirs(row.code).unwrap();
                assert!(theirs.len() <= 3, "{theirs}");
                let back = map.to_ours(theirs).unwrap();
                assert_eq!(map.to_theirs(back), Some(theirs), "{} {back}", row.code);
            }
        }
    }

    #[test]
    fn peppol_gets_current_codes_for_what_the_trade_writes() {
        let map = UnitMap { style: Style::Recommendation, ..UnitMap::default() };
        for (trade, code) in [("PCE", "H87"), ("BX", "XBX"), ("CT", "XCT"), ("PK", "XPK")] {
            assert_eq!(map.to_theirs(trade), Some(code));
        }
        assert_eq!((current("BX"), current("PCE"), current("kgm")), (None, None, Some("KGM")));
    }

    #[test]
    fn american_systems_get_their_codes_and_give_them_back() {
        let map = UnitMap { style: Style::X12, ..UnitMap::default() };
        for (ours, theirs) in [("LBR", "LB"), ("HUR", "HR"), ("XRO", "RL"), ("DZN", "DZ")] {
            assert_eq!((map.to_theirs(ours), map.to_ours(theirs)), (Some(theirs), Some(ours)));
        }
    }
}
