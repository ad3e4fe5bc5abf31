//! What can be bought: an item of one supplier's catalogue, and the words it is found by.
//!
//! An item carries no price of its own: prices belong to a currency and perhaps to one organisation
//! (`domain::price`). An item is never deleted, only withdrawn: old orders still name it.

use std::collections::BTreeSet;

use crate::base::{
    id::{ItemId, SupplierId},
    text::{is_bidi_mark, shorten, words},
    time::Time,
};

use super::refusal::Refusal;

/// Bytes of a SKU: cXML buyers keep at least 40, OCI's VENDORMAT 40 characters.
pub const MAX_SKU: usize = 40;
/// Characters of a name: it stands in tables, mails and OCI's DESCRIPTION (cut there to 40).
pub const MAX_NAME: usize = 200;
/// Characters of a description.
pub const MAX_DESCRIPTION: usize = 8_000;
/// Characters of a category, manufacturer or manufacturer's number.
pub const MAX_SHORT: usize = 120;
/// Characters of a unit code: UN/ECE Rec 20 has 3, catalogues invent longer ones.
pub const MAX_UNIT: usize = 20;
/// Days a supplier may need at most; more is a slip of the pen.
pub const MAX_LEAD_TIME_DAYS: i64 = 3_650;

/// Words of a query that are looked up; further ones do not narrow the search.
pub const QUERY_WORDS: usize = 6;
/// Characters of a word that are kept in the index and looked up.
pub const WORD_CHARS: usize = 40;
/// Words of one item that are kept; a novel as description must not flood the index.
pub const ITEM_WORDS: usize = 120;

/// An item of one supplier's catalogue. Empty texts mean "not said".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub id: ItemId,
    pub supplier: SupplierId,
    /// cXML SupplierPartID, OCI VENDORMAT; unique within the supplier.
    pub sku: String,
    /// cXML SupplierPartAuxiliaryID, echoed byte for byte.
    pub aux_id: String,
    pub name: String,
    pub description: String,
    /// UN/ECE Recommendation 20, or the catalogue's own code.
    pub unit: String,
    /// UNSPSC: eight digits, or empty.
    pub unspsc: String,
    pub category: String,
    pub manufacturer: String,
    pub manufacturer_sku: String,
    pub lead_time_days: Option<i64>,
    /// It is chosen in the supplier's own shop, which opens at it (punchout level 2): what stands
    /// here is for finding it, and its price is a guide.
    pub at_site: bool,
    pub withdrawn_at: Option<Time>,
    pub updated_at: Time,
    pub version: i64,
}

impl Item {
    /// An article of which nothing is known but its number.
    pub fn named(supplier: SupplierId, sku: String) -> Self {
        Self {
            id: ItemId::from_bits(0),
            supplier,
            sku,
            aux_id: String::new(),
            name: String::new(),
            description: String::new(),
            unit: String::new(),
            unspsc: String::new(),
            category: String::new(),
            manufacturer: String::new(),
            manufacturer_sku: String::new(),
            lead_time_days: None,
            at_site: false,
            withdrawn_at: None,
            updated_at: Time::from_millis(0),
            version: 1,
        }
    }

    /// The words it is found by: of number, name, manufacturer and description, and its number
    /// written together (`LAPTOP-01` is also found as `laptop01`).
    pub fn words(&self, supplier: &str) -> BTreeSet<String> {
        let together: String = words(&self.sku).collect();
        let texts =
            [&self.sku, &self.name, &self.manufacturer, &self.manufacturer_sku, &self.category];
        let near = texts.into_iter().flat_map(|text| words(text)).chain(words(supplier));
        let mut found = BTreeSet::new();
        for word in near.chain([together]).chain(words(&self.description)) {
            if found.len() < ITEM_WORDS && !word.is_empty() {
                found.insert(cut(&word));
            }
        }
        found
    }

    /// Checks every field; the refusal names the first one at fault.
    pub fn check(&self) -> Result<(), Refusal> {
        needed("sku", &self.sku, MAX_SKU)?;
        needed("name", &self.name, MAX_NAME)?;
        needed("unit", &self.unit, MAX_UNIT)?;
        at_most("description", &self.description, MAX_DESCRIPTION)?;
        at_most("aux_id", &self.aux_id, MAX_NAME)?;
        at_most("category", &self.category, MAX_SHORT)?;
        at_most("manufacturer", &self.manufacturer, MAX_SHORT)?;
        at_most("manufacturer_sku", &self.manufacturer_sku, MAX_SHORT)?;
        let digits = self.unspsc.len() == 8 && self.unspsc.bytes().all(|b| b.is_ascii_digit());
        if !self.unspsc.is_empty() && !digits {
            return Err(wrong("unspsc", &self.unspsc, "eight digits, such as 43211503"));
        }
        if let Some(days) = self.lead_time_days
            && !(0..=MAX_LEAD_TIME_DAYS).contains(&days)
        {
            let expected = format!("whole days between 0 and {MAX_LEAD_TIME_DAYS}");
            return Err(wrong("lead_time_days", &days.to_string(), &expected));
        }
        Ok(())
    }
}

fn needed(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(wrong(field, "nothing", "a text"));
    }
    at_most(field, text, most)
}

fn at_most(field: &'static str, text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() > most {
        return Err(wrong(field, text, &format!("at most {most} characters")));
    }
    let bad = |c: &char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_bidi_mark(*c);
    match text.chars().find(bad) {
        Some(c) => Err(wrong(field, &format!("U+{:04X}", u32::from(c)), "printable characters")),
        None => Ok(()),
    }
}

fn wrong(field: &'static str, got: &str, expected: &str) -> Refusal {
    Refusal::invalid("bad-item", format!("The {} is not as it must be.", field.replace('_', " ")))
        .field(field)
        .got(shorten(got, 60))
        .expected(expected)
}

/// The words of a query, each of which must begin some word of an item; longest first, since the
/// longest is the rarest as a rule.
pub fn query_words(query: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words(query) {
        let word = cut(&word);
        if !found.contains(&word) {
            found.push(word);
        }
    }
    found.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    found.truncate(QUERY_WORDS);
    found
}

fn cut(word: &str) -> String {
    word.chars().take(WORD_CHARS).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn item(sku: &str) -> Item {
        Item {
            id: ItemId::from_bits(1),
            supplier: SupplierId::from_bits(2),
            sku: sku.to_owned(),
            aux_id: String::new(),
            name: "Laptop 14 inch".to_owned(),
            description: "Größe 14, with a bag".to_owned(),
            unit: "EA".to_owned(),
            unspsc: "43211503".to_owned(),
            category: "Computers".to_owned(),
            manufacturer: "Lumen".to_owned(),
            manufacturer_sku: "LM-14".to_owned(),
            lead_time_days: Some(3),
            at_site: false,
            withdrawn_at: None,
            updated_at: Time::from_millis(0),
            version: 1,
        }
    }

    #[test]
    fn an_item_is_found_by_its_number_in_either_spelling_and_without_accents() {
        let words = item("LAPTOP-01").words("Office One");
        for word in ["laptop", "01", "laptop01", "lumen", "grosse", "office", "computers"] {
            assert!(words.contains(word), "{word} of {words:?}");
        }
    }

    #[test]
    fn the_index_of_one_item_is_bounded_and_keeps_the_near_words() {
        let mut long = item("X-1");
        long.description = (0..1_000).map(|n| format!("w{n} ")).collect();
        let words = long.words("");
        assert_eq!(words.len(), ITEM_WORDS);
        assert!(words.contains("lumen"));
    }

    #[test]
    fn a_query_is_cut_into_few_words_longest_first() {
        assert_eq!(query_words("M8 bolt, m8"), ["bolt", "m8"]);
        assert_eq!(query_words("a b c d e f g h").len(), QUERY_WORDS);
        assert!(query_words(" -- ").is_empty());
    }

    #[test]
    fn each_field_has_its_bound() {
        assert!(item("X").check().is_ok());
        let refused = |change: fn(&mut Item)| {
            let mut item = item("X");
            change(&mut item);
            item.check().unwrap_err().field.unwrap()
        };
        assert_eq!(refused(|i| i.sku = " ".into()), "sku");
        assert_eq!(refused(|i| i.sku = "x".repeat(41)), "sku");
        assert_eq!(refused(|i| i.name = "a\u{202E}b".into()), "name");
        assert_eq!(refused(|i| i.unspsc = "4321".into()), "unspsc");
        assert_eq!(refused(|i| i.lead_time_days = Some(-1)), "lead_time_days");
    }
}
