//! Index: a supplier's catalogue as a document of its own, without an envelope.
//!
//! Each entry is read by itself, so that one that cannot be read stops no other. What is not of an
//! article (search groups, territories, dates) is left.

use super::fault::ContentFault;
use super::item::{ItemDetail, ItemId};
use super::read::Read;
use super::tree::Element;

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// IndexItemAdd: the article is sold from the catalogue.
    Add(Box<ItemDetail>),
    /// IndexItemPunchout: it is chosen in the supplier's own shop.
    Punchout(Box<ItemDetail>),
    /// IndexItemDelete: it is sold no more.
    Delete,
}

/// One article of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: ItemId,
    pub change: Change,
}

/// An entry, or what it does not say; with the line on which it begins.
pub type Listed = (u32, Result<Entry, Box<ContentFault>>);

/// Reads the entries of an Index.
pub fn read(root: Element<'_>) -> Vec<Listed> {
    let mut lines = root.lines();
    let entries = root.named("IndexItem").flat_map(Element::children).filter_map(|element| {
        let line = lines.of(element);
        Some((line, entry(element)?.map_err(Box::new)))
    });
    entries.collect()
}

fn entry(element: Element<'_>) -> Option<Read<Entry>> {
    let (detail, extra) = match () {
        () if element.is("IndexItemAdd") => (Some("ItemDetail"), Some("IndexItemDetail")),
        () if element.is("IndexItemPunchout") => (Some("PunchoutDetail"), None),
        () if element.is("IndexItemDelete") => (None, None),
        () => return None,
    };
    Some(ItemId::of_child(element).and_then(|id| {
        let Some(name) = detail else { return Ok(Entry { id, change: Change::Delete }) };
        let mut detail = ItemDetail::of(element.need(name)?)?;
        if let (None, Some(extra)) = (&detail.lead_time, extra) {
            let beside = element.one(extra)?.map(|beside| beside.text_of("LeadTime"));
            detail.lead_time = beside.transpose()?.flatten();
        }
        let detail = Box::new(detail);
        let change = match name {
            "ItemDetail" => Change::Add(detail),
            _ => Change::Punchout(detail),
        };
        Ok(Entry { id, change })
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cxml::tree;

    #[test]
    fn an_index_adds_punches_out_and_deletes_and_a_bad_entry_harms_no_other() {
        let price = "<UnitPrice><Money currency=\"EUR\">1.23</Money></UnitPrice>";
        let rest = "<Description xml:lang=\"en\">Pen</Description><UnitOfMeasure>EA\
                    </UnitOfMeasure><Classification domain=\"UNSPSC\">44121704</Classification>";
        let id = |part: &str| format!("<ItemID><SupplierPartID>{part}</SupplierPartID></ItemID>");
        let text = format!(
            "<?xml version=\"1.0\"?>\n<Index loadmode=\"Incremental\"><SupplierID domain=\"x\">1\
             </SupplierID>\n<IndexItem>\n<IndexItemAdd>{}<ItemDetail>{price}{rest}</ItemDetail>\
             <IndexItemDetail><LeadTime>2</LeadTime></IndexItemDetail></IndexItemAdd>\n\
             <IndexItemAdd>{}<ItemDetail>{rest}</ItemDetail></IndexItemAdd></IndexItem>\
             <IndexItem><IndexItemPunchout>{}<PunchoutDetail>{rest}{price}</PunchoutDetail>\
             </IndexItemPunchout></IndexItem><IndexItem><IndexItemDelete>{}</IndexItemDelete>\
             </IndexItem></Index>",
            id("A-1"),
            id("A-2"),
            id("A-3"),
            id("A-4")
        );
        let all = read(tree::parse(&text).unwrap().root());
        assert_eq!(all.len(), 4);
        let first = all[0].1.as_ref().unwrap();
        let Change::Add(detail) = &first.change else { panic!("{first:?}") };
        assert_eq!((all[0].0, detail.lead_time.as_deref()), (4, Some("2")));
        let fault = all[1].1.as_ref().unwrap_err();
        assert!(fault.path.ends_with("IndexItemAdd[2]/ItemDetail/UnitPrice"), "{}", fault.path);
        assert!(matches!(&all[2].1.as_ref().unwrap().change, Change::Punchout(_)));
        assert_eq!(all[3].1.as_ref().unwrap().change, Change::Delete);
    }
}
