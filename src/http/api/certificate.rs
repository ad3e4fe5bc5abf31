//! `/partners/{id}/certificates` and `/suppliers/{id}/certificates`: the client certificates that
//! prove a connection as its shared secret does.

use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::{
    Caller,
    shape::{List, Text},
};
use crate::{
    app::{
        AppError,
        party::certificate::{self, Register, Remove},
    },
    base::id::PartnerId,
    domain::refusal::Refusal,
};

pub struct Certificates;

#[derive(Object)]
#[oai(rename = "ClientCertificate")]
struct CertificateJson {
    /// 1 or 2.
    slot: u8,
    /// SHA-256 over its DER, hexadecimal.
    fingerprint: String,
    since: String,
}

#[derive(Object)]
#[oai(rename = "NewClientCertificate", deny_unknown_fields)]
struct CertificateInput {
    /// Its SHA-256 fingerprint (colons allowed), or the certificate as PEM.
    certificate: Text,
}

type Listed = poem::Result<Json<List<CertificateJson>>>;

async fn list(caller: &Caller, partner: PartnerId) -> Listed {
    let mut reader = caller.reader().await?;
    let (_, known) = certificate::of(&mut reader, partner).await?;
    let shown = known.into_iter().map(|own| CertificateJson {
        slot: own.slot,
        fingerprint: own.fingerprint,
        since: own.created_at.to_string(),
    });
    Ok(Json(List { items: shown.collect(), next: None }))
}

async fn register(caller: &Caller, partner: PartnerId, input: CertificateInput) -> Listed {
    caller.act(Register { partner, certificate: input.certificate.0 }).await?;
    list(caller, partner).await
}

async fn remove(caller: &Caller, partner: PartnerId, slot: u8) -> Listed {
    caller.act(Remove { partner, slot }).await?;
    list(caller, partner).await
}

async fn of_partner(caller: &Caller, id: &str) -> poem::Result<PartnerId> {
    caller.need("partner", "edit").await?;
    Ok(id.parse().map_err(|_| AppError::from(Refusal::not_found("partner")))?)
}

async fn of_supplier(caller: &Caller, name: &str) -> poem::Result<PartnerId> {
    caller.need("partner", "edit").await?;
    let mut reader = caller.reader().await?;
    Ok(certificate::of_supplier(&mut reader, name).await?)
}

#[OpenApi]
impl Certificates {
    /// The certificates of a procurement system's connection.
    #[oai(path = "/partners/:id/certificates", method = "get", operation_id = "certificates")]
    async fn list(&self, caller: Caller, id: Path<String>) -> Listed {
        let partner = of_partner(&caller, &id).await?;
        list(&caller, partner).await
    }

    /// Registers one beside the present one; two are good at once.
    #[oai(path = "/partners/:id/certificates", method = "post", operation_id = "add-certificate")]
    async fn add(&self, caller: Caller, id: Path<String>, body: Json<CertificateInput>) -> Listed {
        let partner = of_partner(&caller, &id).await?;
        register(&caller, partner, body.0).await
    }

    /// Takes one out of use.
    #[oai(
        path = "/partners/:id/certificates/:slot",
        method = "delete",
        operation_id = "remove-certificate"
    )]
    async fn remove(&self, caller: Caller, id: Path<String>, slot: Path<u8>) -> Listed {
        let partner = of_partner(&caller, &id).await?;
        remove(&caller, partner, slot.0).await
    }

    /// The certificates of a supplier's system.
    #[oai(
        path = "/suppliers/:name/certificates",
        method = "get",
        operation_id = "supplier-certificates"
    )]
    async fn list_supplier(&self, caller: Caller, name: Path<String>) -> Listed {
        let partner = of_supplier(&caller, &name).await?;
        list(&caller, partner).await
    }

    /// Registers one beside the present one; two are good at once.
    #[oai(
        path = "/suppliers/:name/certificates",
        method = "post",
        operation_id = "add-supplier-certificate"
    )]
    async fn add_supplier(
        &self,
        caller: Caller,
        name: Path<String>,
        body: Json<CertificateInput>,
    ) -> Listed {
        let partner = of_supplier(&caller, &name).await?;
        register(&caller, partner, body.0).await
    }

    /// Takes one out of use.
    #[oai(
        path = "/suppliers/:name/certificates/:slot",
        method = "delete",
        operation_id = "remove-supplier-certificate"
    )]
    async fn remove_supplier(&self, caller: Caller, name: Path<String>, slot: Path<u8>) -> Listed {
        let partner = of_supplier(&caller, &name).await?;
        remove(&caller, partner, slot.0).await
    }
}
