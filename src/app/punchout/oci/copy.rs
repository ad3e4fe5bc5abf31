//! OCI 5.0: a page of the catalogue for a system that keeps a copy of it.

use crate::{
    app::{
        AppError, Reader,
        catalogue::{self, Offer},
    },
    domain::profile::Profile,
    exchange::punchout::dialect,
    oci::{
        call::Part,
        json::{self, Place},
    },
};

/// The page as JSON. Items that the other side would skip without a word are left out here and
/// named in the log.
pub(super) async fn page(
    reader: &mut Reader<'_>,
    profile: &Profile,
    part: &Part,
) -> Result<Vec<u8>, AppError> {
    let (offers, count) = catalogue::numbered(reader, (part.page, part.page_size)).await?;
    let pages = count.div_ceil(u64::from(part.page_size)).max(1);
    let place = Place {
        page: part.page,
        pages: u32::try_from(pages).unwrap_or(u32::MAX),
        items: count,
        transaction: part.transaction.clone().unwrap_or_default(),
    };
    let items: Vec<json::Item> = offers.into_iter().map(item).collect();
    let written = json::page(&place, &items, &dialect(profile));
    let (bytes, faults) = written.map_err(AppError::internal)?;
    for fault in faults {
        tracing::warn!(fault = %fault, "an item is not in the copied catalogue");
    }
    Ok(bytes)
}

fn item(offer: Offer) -> json::Item {
    let Offer { item, supplier, prices } = offer;
    let entry = prices.entry();
    // A scale says its price for the basis of the item, so a tier with another basis stays out.
    let alike = prices.tiers().iter().filter(|tier| tier.price.per == entry.price.per);
    let scales = alike.map(|tier| (tier.min_quantity, tier.price)).collect();
    json::Item {
        product_id: item.id.to_string(),
        name: item.name,
        description: item.description,
        vendor_name: supplier.title,
        vendor_material: item.sku,
        unit: item.unit,
        price: entry.price,
        scales,
        least: entry.min_quantity,
        lead_days: item.lead_time_days.and_then(|days| u32::try_from(days).ok()),
        maker: item.manufacturer,
        maker_material: item.manufacturer_sku,
        unspsc: item.unspsc,
    }
}
