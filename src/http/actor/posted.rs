//! Forms and queries as they were sent.

use poem::{FromRequest, Request, RequestBody, Result};

use crate::{app::AppError, cxml::multipart, domain::refusal::Refusal};

use super::{
    super::guard::{self, Charset, Form, csrf},
    SignedIn, Visitor, app_of,
};

/// A form that somebody signed in posted from one of our pages.
pub struct Posted {
    pub who: SignedIn,
    pub form: Form,
}

impl<'a> FromRequest<'a> for Posted {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let app = app_of(request)?;
        csrf::check_origin(request.headers(), &app.site.public_url)?;
        let who = SignedIn(Visitor::of(request, app.clone()).await?.signed_in()?);
        let form = form(request, body).await?;
        let session = who.session().ok_or_else(|| AppError::internal("no session"))?;
        let expected = csrf::token(&app.keys, session);
        let sent = form.maybe(csrf::FIELD)?;
        csrf::check(request.headers(), &app.site.public_url, sent, &expected)?;
        Ok(Self { who, form })
    }
}

/// A form by somebody who may have been signed out since the page was shown: what was typed must
/// not be lost then.
pub enum Arrived {
    Posted(Posted),
    SignedOut(Sent),
}

impl<'a> FromRequest<'a> for Arrived {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let visitor = Visitor::of(request, app_of(request)?).await?;
        Ok(match visitor.is_signed_in() {
            true => Self::Posted(Posted::from_request(request, body).await?),
            false => Self::SignedOut(Sent::from_request(request, body).await?),
        })
    }
}

/// A form from one of our pages, by somebody who need not be signed in: the sign-in page itself.
pub struct Sent {
    pub visitor: Visitor,
    pub form: Form,
}

impl<'a> FromRequest<'a> for Sent {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let app = app_of(request)?;
        csrf::check_origin(request.headers(), &app.site.public_url)?;
        let form = form(request, body).await?;
        let visitor = Visitor::of(request, app).await?;
        Ok(Self { visitor, form })
    }
}

/// The fields of an urlencoded body, or of one with files.
pub(super) async fn form(request: &Request, body: &mut RequestBody) -> Result<Form> {
    let kind = request.content_type().unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        let most = guard::Limits::default().body_bytes;
        let bytes = body.take()?.into_bytes_limit(most).await?;
        let boundary = multipart::boundary(request.content_type().unwrap_or_default());
        return Ok(guard::form::parse_parts(&bytes, &boundary.unwrap_or_default())?);
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Refusal::invalid("media-type", "This page takes forms.")
            .field("Content-Type")
            .got(crate::base::text::shorten(&kind, 100))
            .expected("application/x-www-form-urlencoded")
            .into());
    }
    let most = guard::Limits::default().form_bytes;
    let bytes = body.take()?.into_bytes_limit(most).await?;
    Ok(guard::form::parse(&bytes, Charset::Utf8)?)
}

/// The query of a page's address, read as strictly as a form.
pub fn query(request: &Request) -> Result<Form, Refusal> {
    guard::form::parse(request.uri().query().unwrap_or_default().as_bytes(), Charset::Utf8)
}

/// The query of the page that was asked for.
#[derive(Debug, Clone, Default)]
pub struct Query(pub Form);

impl<'a> FromRequest<'a> for Query {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(query(request)?))
    }
}
