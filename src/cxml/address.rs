//! Addresses and contacts.

use super::read::Read;
use super::tree::Element;
use super::values::{Extrinsic, IdReference, LANG, url_in};
use super::write::Writer;

/// cXML `Address`: who and where.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// The buyer's own short name of the place.
    pub id: Option<String>,
    pub id_domain: Option<String>,
    pub country_code: Option<String>,
    pub name: String,
    pub lang: Option<String>,
    pub postal: Option<Postal>,
    pub email: Option<String>,
    pub phone: Option<Phone>,
    pub fax: Option<Phone>,
    pub url: Option<String>,
}

/// cXML `PostalAddress`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Postal {
    pub name: Option<String>,
    pub deliver_to: Vec<String>,
    pub street: Vec<String>,
    pub city: String,
    pub municipality: Option<String>,
    pub state: Option<String>,
    pub postal_code: Option<String>,
    /// The country's name as written.
    pub country: String,
    /// Two letters of ISO 3166, as written; some senders leave it empty.
    pub country_code: String,
}

/// A telephone or fax number in cXML's parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Phone {
    pub name: Option<String>,
    /// Two letters of ISO 3166.
    pub country_code: String,
    /// The country's dialling code: `49`.
    pub dial_code: String,
    pub area: String,
    pub number: String,
    pub extension: Option<String>,
}

/// cXML `Contact`: a person or an office in a role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Contact {
    pub role: Option<String>,
    pub id: Option<String>,
    pub id_domain: Option<String>,
    pub name: String,
    pub lang: Option<String>,
    pub postal: Vec<Postal>,
    pub emails: Vec<String>,
    pub phones: Vec<Phone>,
    pub faxes: Vec<Phone>,
    pub urls: Vec<String>,
    pub references: Vec<IdReference>,
    pub extrinsics: Vec<Extrinsic>,
}

impl Address {
    /// The `Address` inside `ShipTo` or `BillTo`.
    pub(super) fn inside(element: Element<'_>) -> Read<Self> {
        Self::of(element.need("Address")?)
    }

    /// The address inside the child of this name, when there is one.
    pub(super) fn maybe(parent: Element<'_>, name: &'static str) -> Read<Option<Self>> {
        match parent.one(name)? {
            Some(found) if found.says_nothing() => {
                found.leave();
                Ok(None)
            }
            found => found.map(Self::inside).transpose(),
        }
    }

    fn of(element: Element<'_>) -> Read<Self> {
        let name = element.one("Name")?;
        Ok(Self {
            id: element.said("addressID"),
            id_domain: element.said("addressIDDomain"),
            country_code: element.said("isoCountryCode"),
            name: name.map(Element::trimmed).unwrap_or_default().to_owned(),
            lang: name.and_then(Element::language),
            postal: element.one("PostalAddress")?.map(Postal::of).transpose()?,
            email: element.text_of("Email")?,
            phone: element.one("Phone")?.map(Phone::of).transpose()?.flatten(),
            fax: element.one("Fax")?.map(Phone::of).transpose()?.flatten(),
            url: url_in(element)?,
        })
    }

    /// Writes `<name><Address>..</Address></name>`.
    pub(super) fn write(&self, name: &str, writer: &mut Writer) {
        writer.open(name, &[]);
        writer.open(
            "Address",
            &[
                ("isoCountryCode", self.country_code.as_deref()),
                ("addressID", self.id.as_deref()),
                ("addressIDDomain", self.id_domain.as_deref()),
            ],
        );
        write_name(&self.name, self.lang.as_deref(), writer);
        self.postal.iter().for_each(|postal| postal.write(writer));
        writer.leaf_if("Email", self.email.as_deref());
        self.phone.iter().for_each(|phone| phone.write("Phone", writer));
        self.fax.iter().for_each(|fax| fax.write("Fax", writer));
        writer.leaf_if("URL", self.url.as_deref());
        writer.close("Address");
        writer.close(name);
    }

    pub(super) fn write_if(address: Option<&Self>, name: &str, writer: &mut Writer) {
        if let Some(address) = address {
            address.write(name, writer);
        }
    }
}

fn write_name(name: &str, lang: Option<&str>, writer: &mut Writer) {
    writer.leaf("Name", &[("xml:lang", Some(lang.unwrap_or(LANG)))], name);
}

impl Postal {
    fn of(element: Element<'_>) -> Read<Self> {
        let text = |name| element.text_of(name);
        let country = element.one("Country")?;
        let country_code = country.and_then(|country| country.said("isoCountryCode"));
        Ok(Self {
            name: element.said("name"),
            deliver_to: element.texts_of("DeliverTo"),
            street: element.texts_of("Street"),
            city: text("City")?.unwrap_or_default(),
            municipality: text("Municipality")?,
            state: text("State")?,
            postal_code: text("PostalCode")?,
            country: country.map(Element::trimmed).unwrap_or_default().to_owned(),
            country_code: country_code.unwrap_or_default(),
        })
    }

    fn write(&self, writer: &mut Writer) {
        writer.open("PostalAddress", &[("name", self.name.as_deref())]);
        self.deliver_to.iter().for_each(|line| writer.leaf("DeliverTo", &[], line));
        if self.street.is_empty() {
            writer.leaf("Street", &[], "");
        }
        self.street.iter().for_each(|line| writer.leaf("Street", &[], line));
        writer.leaf("City", &[], &self.city);
        writer.leaf_if("Municipality", self.municipality.as_deref());
        writer.leaf_if("State", self.state.as_deref());
        writer.leaf_if("PostalCode", self.postal_code.as_deref());
        let code = ("isoCountryCode", Some(self.country_code.as_str()));
        writer.leaf("Country", &[code], &self.country);
        writer.close("PostalAddress");
    }
}

impl Phone {
    /// `None` when there is no number in it (a fax may be a mail address instead).
    fn of(element: Element<'_>) -> Read<Option<Self>> {
        let Some(number) = element.one("TelephoneNumber")? else { return Ok(None) };
        let text = |name| number.text_of(name);
        let country = number.one("CountryCode")?;
        Ok(Some(Self {
            name: element.said("name"),
            country_code: country.and_then(|c| c.said("isoCountryCode")).unwrap_or_default(),
            dial_code: country.map(Element::trimmed).unwrap_or_default().to_owned(),
            area: text("AreaOrCityCode")?.unwrap_or_default(),
            number: text("Number")?.unwrap_or_default(),
            extension: text("Extension")?,
        }))
    }

    fn all(element: Element<'_>, name: &'static str) -> Read<Vec<Self>> {
        let mut phones = Vec::new();
        for found in element.named(name) {
            phones.extend(Self::of(found)?);
        }
        Ok(phones)
    }

    fn write(&self, name: &str, writer: &mut Writer) {
        writer.open(name, &[("name", self.name.as_deref())]);
        writer.open("TelephoneNumber", &[]);
        let code = ("isoCountryCode", Some(self.country_code.as_str()));
        writer.leaf("CountryCode", &[code], &self.dial_code);
        writer.leaf("AreaOrCityCode", &[], &self.area);
        writer.leaf("Number", &[], &self.number);
        writer.leaf_if("Extension", self.extension.as_deref());
        writer.close("TelephoneNumber");
        writer.close(name);
    }
}

impl Contact {
    pub(super) fn all(element: Element<'_>) -> Read<Vec<Self>> {
        element.every("Contact", Self::of)
    }

    pub(super) fn of(element: Element<'_>) -> Read<Self> {
        let name = element.one("Name")?;
        Ok(Self {
            role: element.said("role"),
            id: element.said("addressID"),
            id_domain: element.said("addressIDDomain"),
            name: name.map(Element::trimmed).unwrap_or_default().to_owned(),
            lang: name.and_then(Element::language),
            postal: element.every("PostalAddress", Postal::of)?,
            emails: element.texts_of("Email"),
            phones: Phone::all(element, "Phone")?,
            faxes: Phone::all(element, "Fax")?,
            urls: element.texts_of("URL"),
            references: IdReference::all(element),
            extrinsics: Extrinsic::all(element),
        })
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        // The role is an NMTOKEN: no blanks, never empty.
        let role = self.role.as_deref().map(|role| role.split_whitespace().collect::<String>());
        writer.open(
            "Contact",
            &[
                ("role", role.as_deref().filter(|role| !role.is_empty())),
                ("addressID", self.id.as_deref()),
                ("addressIDDomain", self.id_domain.as_deref()),
            ],
        );
        write_name(&self.name, self.lang.as_deref(), writer);
        self.postal.iter().for_each(|postal| postal.write(writer));
        self.emails.iter().for_each(|email| writer.leaf("Email", &[], email));
        self.phones.iter().for_each(|phone| phone.write("Phone", writer));
        self.faxes.iter().for_each(|fax| fax.write("Fax", writer));
        self.urls.iter().for_each(|url| writer.leaf("URL", &[], url));
        IdReference::write_all(&self.references, writer);
        Extrinsic::write_all(&self.extrinsics, writer);
        writer.close("Contact");
    }

    pub(super) fn write_all(contacts: &[Self], writer: &mut Writer) {
        contacts.iter().for_each(|contact| contact.write(writer));
    }
}
