//! Units: our codes (UN/ECE Recommendation 20 and 21) to those of an OCI buyer, and back.
//!
//! A buyer's system drops a line whose unit it does not know, without a word, so an unknown unit
//! is a named error here and never a silent `EA`. The shipped table is the habit of a fresh SAP
//! system; a connection may override any entry.

/// Our code, the code SAP calls ISO, and further spellings that are read as ours.
type Row = (&'static str, &'static str, &'static [&'static str]);

/// The shipped map. The first row that names a code wins when reading.
const SHIPPED: &[Row] = &[
    ("EA", "EA", &["EACH"]),
    ("H87", "PCE", &["PC", "PCS", "ST", "STK"]),
    ("C62", "PCE", &[]),
    ("PR", "PR", &["NPR", "PAA"]),
    ("DZN", "DZN", &["DZ"]),
    ("SET", "SET", &["KIT"]),
    ("XCT", "CT", &["KAR", "CTN"]),
    ("XPK", "PK", &["PAK", "PAC"]),
    ("XPA", "PA", &[]),
    ("XBX", "BX", &["BOX"]),
    ("XBG", "BG", &["BAG"]),
    ("XRO", "RO", &["ROL", "RL"]),
    ("XBO", "BO", &["FLA", "BT"]),
    ("XCA", "CA", &["KAN", "CN"]),
    ("XCS", "CS", &["CSE"]),
    ("XDR", "DR", &["DRM"]),
    ("XTU", "TU", &["TB"]),
    ("XPF", "PF", &["PAL", "PL"]),
    ("XPX", "PX", &[]),
    ("RM", "RM", &[]),
    ("PN", "PN", &[]),
    ("MGM", "MGM", &["MG"]),
    ("GRM", "GRM", &["G", "GR"]),
    ("KGM", "KGM", &["KG"]),
    ("TNE", "TNE", &["TO"]),
    ("LBR", "LBR", &["LB"]),
    ("MMT", "MMT", &["MM"]),
    ("CMT", "CMT", &["CM"]),
    ("MTR", "MTR", &["M"]),
    ("KMT", "KMT", &["KM"]),
    ("INH", "INH", &["IN"]),
    ("FOT", "FOT", &["FT"]),
    ("MTK", "MTK", &["M2"]),
    ("MTQ", "MTQ", &["M3"]),
    ("MLT", "MLT", &["ML"]),
    ("LTR", "LTR", &["L", "LT"]),
    ("MIN", "MIN", &[]),
    ("HUR", "HUR", &["H", "STD", "HR"]),
    ("DAY", "DAY", &["TAG", "DA"]),
    ("WEE", "WEE", &["WCH", "WK"]),
    ("MON", "MON", &["MO"]),
    ("ANN", "ANN", &["JHR", "YR"]),
    ("KWH", "KWH", &[]),
    ("LS", "LS", &[]),
    ("ACT", "ACT", &["LE", "AU"]),
    ("E48", "ACT", &[]),
    ("P1", "P1", &["%"]),
];

/// The units of one connection: the shipped table and what the connection says differently.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitMap {
    /// (our code, the buyer's code), asked before the shipped table.
    own: Vec<(String, String)>,
}

impl UnitMap {
    /// The shipped table alone.
    pub fn shipped() -> Self {
        Self::default()
    }

    /// This map with `ours` written as `theirs` and read back so.
    #[must_use]
    pub fn with(mut self, ours: &str, theirs: &str) -> Self {
        self.own.insert(0, (ours.to_owned(), theirs.to_owned()));
        self
    }

    /// The buyer's code (at most 3 characters) for a unit of ours. Codes that are no Recommendation
    /// 20 codes but that catalogues carry (`PCE`, `CT`, `BOX`) are taken for what they mean.
    pub fn to_oci(&self, ours: &str) -> Option<&str> {
        let own = self.own.iter().find(|(from, _)| from.eq_ignore_ascii_case(ours));
        if let Some((_, theirs)) = own {
            return Some(theirs);
        }
        let exact = SHIPPED.iter().find(|(code, _, _)| code.eq_ignore_ascii_case(ours));
        exact.or_else(|| row_of(ours)).map(|(_, theirs, _)| *theirs)
    }

    /// Our code for a unit that a buyer sent.
    pub fn from_oci(&self, theirs: &str) -> Option<&str> {
        let own = self.own.iter().find(|(_, to)| to.eq_ignore_ascii_case(theirs));
        if let Some((ours, _)) = own {
            return Some(ours);
        }
        let exact = SHIPPED.iter().find(|(_, to, _)| to.eq_ignore_ascii_case(theirs));
        exact.or_else(|| row_of(theirs)).map(|(ours, _, _)| *ours)
    }
}

/// The row that names the code anywhere: as the buyer's, as ours, or as another spelling.
fn row_of(code: &str) -> Option<&'static Row> {
    SHIPPED.iter().find(|(ours, theirs, more)| {
        let mut names = [ours, theirs].into_iter().chain(more.iter());
        names.any(|name| name.eq_ignore_ascii_case(code))
    })
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
            assert_eq!(map.to_oci(ours), Some(theirs));
            assert_eq!(map.from_oci(theirs), Some(ours));
        }
        assert_eq!(map.to_oci("C62"), Some("PCE"));
        assert_eq!(map.to_oci("pce"), Some("PCE"));
        assert_eq!(map.from_oci("KAR"), Some("XCT"));
    }

    #[test]
    fn an_unknown_unit_is_never_each() {
        let map = UnitMap::shipped();
        for unknown in ["", "XYZ", "EAA", "E A"] {
            assert_eq!(map.to_oci(unknown), None);
            assert_eq!(map.from_oci(unknown), None);
        }
    }

    #[test]
    fn a_connection_overrides_the_shipped_table() {
        let map = UnitMap::shipped().with("EA", "ST").with("XYZ", "Z1");
        assert_eq!(map.to_oci("EA"), Some("ST"));
        assert_eq!(map.from_oci("ST"), Some("EA"));
        assert_eq!(map.from_oci("Z1"), Some("XYZ"));
        assert_eq!(map.to_oci("KGM"), Some("KGM"));
    }

    #[test]
    fn every_code_fits_the_field_of_three_characters() {
        let map = UnitMap::shipped();
        for (ours, theirs, _) in SHIPPED {
            assert!(theirs.len() <= 3, "{theirs}");
            assert_eq!(map.to_oci(ours), Some(*theirs));
            let back = map.from_oci(theirs).unwrap();
            assert_eq!(map.to_oci(back), Some(*theirs), "{ours} {back}");
        }
    }
}
